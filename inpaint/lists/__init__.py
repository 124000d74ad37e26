"""Lists of files: `.flist` files, folders of images, and the order in which their lines can be done."""
