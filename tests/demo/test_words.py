"""What the page says in another language; a stub network."""

import re

HAN = re.compile(r"[\u4e00-\u9fff]")
LATIN = re.compile(r"[A-Za-z]{4,}")

# All texts and names of the page, hidden ones too, but names of keys and layers, and choices.
TEXTS = """() => {
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [];
    while (texts.nextNode()) {
        const { data, parentElement } = texts.currentNode;
        if (data.trim() && !parentElement.closest("kbd, option, .layers, svg")) found.push(data.trim());
    }
    for (const name of ["title", "aria-label"])
        for (const each of document.querySelectorAll(`[${name}]`)) found.push(each.getAttribute(name));
    return found;
}"""


def test_chinese_is_complete(visit, photo):
    visitor = visit(locale="zh-CN")
    texts = visitor.page.evaluate(TEXTS)
    english = [
        text for text in texts if LATIN.search(re.sub(r"\([^()]*\)$|Enter|Escape|Shift|auto|whole", "", text))
    ]
    left = [text for text in english if not HAN.search(text)]
    assert len(texts) > 100 and not left, left
    assert visitor["html"].get_attribute("lang") == "zh"
    visitor.page.set_input_files("#photo-file", str(photo))
    visitor.expect(visitor["#status"]).to_contain_text("请涂抹要去除的部分")
    visitor.draw((180, 120), (280, 120))
    visitor.page.click("#fill")
    visitor.expect(visitor["#status"]).to_contain_text("已填充")


def test_other_languages_read_english(visit):
    visitor = visit(locale="fr-FR")
    visitor.expect(visitor["#fill"]).to_have_text("Fill")
    assert not any(HAN.search(text) for text in visitor.page.evaluate(TEXTS))
