"""`python -m bench.pages_alone`: the product's pages and webhooks without clock and sender, as `web` serves them."""

from service import boot
from service.config import read_settings
from service.entry.apart import serve_pages

if __name__ == "__main__":
    settings = read_settings()
    serve_pages(boot.deploy(settings, boot.open_store(settings)), print)
