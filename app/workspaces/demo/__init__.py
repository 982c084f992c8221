"""The demo workspace: Somerset Window Cleaning, with invented people in real towns."""

from app.workspaces.demo.building import (
    DEMO_SLUG,
    allow_embedding,
    build_demo,
    connect_far_ends,
    demo_exists,
    demo_hooks,
)  # fmt: skip

__all__ = ["DEMO_SLUG", "allow_embedding", "build_demo", "connect_far_ends", "demo_exists", "demo_hooks"]
