# `make demo` fills an example photograph, `make test` runs the tests. Both need Python 3.10+ alone.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# For the page's JavaScript and CSS; npx comes with Node.js.
BIOME := npx --yes @biomejs/biome@2.6.8

.PHONY: demo site docs test slow-test lint format classic-test light licences clean

# The program alone, then what the tests need as well.
$(VENV)/program: setup.cfg pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet -c constraints.txt -e .
	touch $@

$(VENV)/installed: $(VENV)/program
	$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[dev,demo,browser,ray,litert]"
	touch $@

demo: $(VENV)/program
	$(BIN)/deepfillv2 fill --image inpaint/examples/photographs/boulders.jpg \
		--mask inpaint/examples/masks/boulders.png --output output.png

# The page without a server, into build/site/; needs Node.js.
site: $(VENV)/installed
	$(BIN)/deepfillv2 site --output_dir=build/site --overwrite

test: $(VENV)/installed
	$(BIN)/python -m pytest -q -n 2

# What slow tests alone need.
$(VENV)/installed-slow: $(VENV)/installed
	$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[notebook,slow]"
	touch $@

slow-test: $(VENV)/installed-slow
	$(BIN)/python -m pytest -q -n 2 -m slow

lint: $(VENV)/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIOME) ci --error-on-warnings inpaint

format: $(VENV)/installed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIOME) check --write inpaint

# The documentation, into site/; without TensorFlow. griffe reads the docstrings and imports nothing.
$(VENV)-docs/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)-docs
	$(VENV)-docs/bin/python -m pip install --quiet --upgrade pip
	$(VENV)-docs/bin/python -m pip install --quiet -c constraints.txt --group docs
	touch $@

docs: $(VENV)-docs/installed
	NO_MKDOCS_2_WARNING=1 $(VENV)-docs/bin/mkdocs build

# The stack of TensorFlow Addons; needs Python 3.10 or 3.11.
$(VENV)-classic/installed: setup.cfg pyproject.toml constraints-classic.txt
	$(PYTHON) -m venv $(VENV)-classic
	$(VENV)-classic/bin/python -m pip install --quiet --upgrade pip
	$(VENV)-classic/bin/python -m pip install --quiet -c constraints-classic.txt -e ".[classic,dev,demo]"
	touch $@

classic-test: $(VENV)-classic/installed
	$(VENV)-classic/bin/python -m pytest -q -n 2

# The distribution without TensorFlow, into dist/.
light: $(VENV)/installed
	$(BIN)/python light/build.py dist

clean:
	rm -rf $(VENV) $(VENV)-classic $(VENV)-docs build dist site *.egg-info

# docs/licences.md: what users install, in an environment of its own.
licences:
	$(PYTHON) -m venv $(VENV)-licences
	$(VENV)-licences/bin/python -m pip install --quiet -c constraints.txt ".[demo,serving,heic]"
	$(PYTHON) -m venv $(VENV)-lister
	$(VENV)-lister/bin/python -m pip install --quiet pip-licenses
	printf '# Licences of the dependencies\n\nOf the program with the extras demo, serving and heic; made by `make licences`.\n\n' \
		> docs/licences.md
	$(VENV)-lister/bin/pip-licenses --python=$(VENV)-licences/bin/python --from=mixed --format=markdown \
		--ignore-packages deepfillv2 pip setuptools >> docs/licences.md
