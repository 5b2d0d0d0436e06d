#!/usr/bin/python3
"""Takes pictures of the console of a server that runs, as people would see it.

    tests/e2e/console_screenshots.py http://HOST:PORT/[#NETWORK] FOLDER

writes desktop-light.png, desktop-dark.png, phone-light.png and phone-dark.png.
"""

import pathlib
import sys

from browser import Browser

WIDTHS = {"desktop": (1440, 900), "phone": (390, 844)}


def main():
    address, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    with Browser() as browser:
        for device, (width, height) in WIDTHS.items():
            for scheme in ("light", "dark"):
                browser.open(address, width, height, dark=scheme == "dark")
                browser.wait_for("return document.querySelectorAll('.aircraft g').length > 0 || "
                                 "document.querySelector('.nothing:not([hidden])')")
                picture = folder / f"{device}-{scheme}.png"
                browser.screenshot(picture)
                print(picture)
        for level, message in browser.console():
            print(level, message)


if __name__ == "__main__":
    main()
