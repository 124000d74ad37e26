"""Flags that belong to one kind of training, --gan."""

from inpaint.errors import UserError


def check_kind(values, gan, own, others):
    """Check that flags of one kind of training, and of others, are given only where they apply.

    Args:
        values: parsed flags.
        gan: the kind, a value of --gan.
        own: names of the flags that need it.
        others: names of the flags that it excludes.

    Returns:
        whether it is the kind that was chosen.

    Raises:
        UserError: a flag was given that contradicts --gan.
    """
    chosen = values.gan == gan
    for name in others if chosen else own:
        if values[name].present:
            if chosen:
                raise UserError(f"--{name} is not for --gan={gan}: leave out one of them")
            raise UserError(f"--{name} is for --gan={gan}, received --gan={values.gan}")
    return chosen
