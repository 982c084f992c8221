"""What can be done with keys. One file a verb; this page lists them."""

from app.keys.services.renewing import renew_data_key
from app.keys.services.resealing import Resealing
from app.keys.services.rewrapping import Rewrapped, keys_by_master, rewrap_keys

__all__ = ["Resealing", "Rewrapped", "keys_by_master", "renew_data_key", "rewrap_keys"]
