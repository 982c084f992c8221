"""Reading workspaces and memberships."""

from dataclasses import dataclass
from datetime import date, time
from uuid import UUID

from sqlalchemy import Select, bindparam, select

from app.accounts.models import User
from app.core import catalogue
from app.core.clock import BusinessClock, utcnow
from app.core.errors import NotFound
from app.core.names import initials
from app.core.permissions import Viewer
from app.core.tenancy import acting_in, current_workspace_id
from app.extensions import db
from app.lead_forms.models import LeadForm
from app.workspaces.models import Invitation, Membership, Workspace, working_clock


@dataclass(frozen=True, slots=True)
class WorkspaceView:
    """What pages need to know of the workspace."""

    id: UUID
    slug: str
    name: str
    tagline: str
    time_zone: str
    currency: str
    accent: str
    opens: time
    closes: time
    weekend_follow_ups: bool
    weekday_hours: dict[str, list[str] | None]
    sms_opens: time
    sms_closes: time
    high_value_minor: int

    @property
    def initials(self) -> str:
        """Two letters for the badge."""
        return initials(self.name)

    def clock(self) -> BusinessClock:
        """The hours in which this business sends and counts working time."""
        return working_clock(self)


@dataclass(frozen=True, slots=True)
class Place:
    """One of the workspaces a person belongs to."""

    slug: str
    name: str
    role: str


#: What every page asks is built once: building these statements takes longer than running them.
PLACE = (
    select(Workspace, Membership.role, User.name, User.email)
    .select_from(Membership)
    .join(Workspace, Workspace.id == Membership.workspace_id)
    .join(User, User.id == Membership.user_id)
    .where(
        Membership.workspace_id == bindparam("here"),
        Membership.user_id == bindparam("person"),
        Membership.deactivated_at.is_(None),
    )
)


def load_place(workspace_id: UUID, user_id: UUID) -> tuple[WorkspaceView, Viewer] | None:
    """The workspace and the person's place in it, or None for someone who is no active member."""
    row = db.session.execute(PLACE, {"here": workspace_id, "person": user_id}).one_or_none()
    return place_of(user_id, *row) if row else None


def member_now(user_id: UUID) -> Viewer | None:
    """A member of the workspace in scope as they are now, for work that goes on in their name; None when they left."""
    here = current_workspace_id()
    with acting_in(here, user_id=user_id):
        place = load_place(here, user_id)
    return place[1] if place else None


def place_of(user_id: UUID, workspace: Workspace, role: str, name: str, email: str) -> tuple[WorkspaceView, Viewer]:
    """A row of PLACE as pages know it; `current_workspace()` is free from here on."""
    db.session.info["workspace"] = workspace  # a session forgets what nobody holds
    catalogue.tell(workspace.id, workspace.catalogue_version)
    view = WorkspaceView(*(getattr(workspace, column) for column in WorkspaceView.__dataclass_fields__))
    return view, Viewer(user_id, name, email, role)


def is_active_member(workspace_id: UUID, user_id: UUID) -> bool:
    """Whether the person belongs to the workspace now."""
    return load_place(workspace_id, user_id) is not None


def places_of(user_id: UUID) -> list[Place]:
    """The workspaces a person belongs to, by name. Needs the person's id in scope (row-level security)."""
    rows = db.session.execute(
        select(Workspace.slug, Workspace.name, Membership.role)
        .join(Workspace, Workspace.id == Membership.workspace_id)
        .where(Membership.user_id == user_id, Membership.deactivated_at.is_(None))
        .order_by(Workspace.name)
    )
    return [Place(*row) for row in rows]


def ids_of_places(user_id: UUID) -> list[UUID]:
    """The ids of the workspaces a person belongs to. Needs the person's id in scope (row-level security)."""
    query = select(Membership.workspace_id).where(Membership.user_id == user_id, Membership.deactivated_at.is_(None))
    return list(db.session.scalars(query.order_by(Membership.workspace_id)))


def current_workspace() -> Workspace:
    """The row of the workspace in scope, as this transaction first found it; stages, sequences and the like are free
    from here on.
    """
    here = current_workspace_id()
    if catalogue.has_seen(here):
        workspace = db.session.get_one(Workspace, here)
    else:  # a worker's session goes on over many transactions, and what it holds may be old
        db.session.flush()
        workspace = db.session.get_one(Workspace, here, populate_existing=True)
        catalogue.tell(here, workspace.catalogue_version)
    db.session.info["workspace"] = workspace  # held, or the session would forget it and read it again the next time
    return workspace


def today_here() -> date:
    """Today where the business is."""
    return utcnow().astimezone(current_workspace().clock().zone).date()


def members() -> list[Membership]:
    """Everyone in the workspace in scope, active first, then by name."""
    return list(
        db.session.scalars(
            select(Membership)
            .join(User, User.id == Membership.user_id)
            .where(Membership.workspace_id == current_workspace_id())
            .order_by(Membership.deactivated_at.isnot(None), User.name)
        )
    )


def open_invitations() -> list[Invitation]:
    """Invitations that can still be accepted, newest first."""
    return list(
        db.session.scalars(
            select(Invitation)
            .where(
                Invitation.workspace_id == current_workspace_id(),
                Invitation.accepted_at.is_(None),
                Invitation.expires_at > utcnow(),
            )
            .order_by(Invitation.created_at.desc())
        )
    )


def main_form() -> LeadForm:
    """The form that the workspace was made with. Raises NotFound if it is gone."""
    form = db.session.scalars(
        select(LeadForm).where(LeadForm.workspace_id == current_workspace_id()).order_by(LeadForm.created_at).limit(1)
    ).first()
    if form is None:
        raise NotFound
    return form


def settings_values(workspace: Workspace) -> dict[str, str | bool]:
    """The settings as the fields of their page show them."""
    return {
        "name": workspace.name,
        "tagline": workspace.tagline,
        "phone": workspace.phone,
        "reply_email": workspace.reply_email,
        "notification_email": workspace.notification_email,
        "accent": workspace.accent,
        "lead_number_prefix": workspace.lead_number_prefix,
        "lead_number_year": workspace.lead_number_year,
        "service_districts": ", ".join(workspace.service_districts),
        "quote_valid_days": str(workspace.quote_valid_days),
        "quote_reminder_days": str(workspace.quote_reminder_days),
        "vat_number": workspace.vat_number,
        "quote_terms": workspace.quote_terms,
        "assignment_mode": workspace.assignment_mode,
        "bin_days": str(workspace.bin_days),
        "price_review_month": str(workspace.price_review_month),
    }


def member_choices() -> list[tuple[str, str]]:
    """(user id, name) of the active members who work on leads, by name, for a select."""
    rows = db.session.execute(workers().order_by(User.name))
    return [(str(user_id), name) for user_id, name in rows]


def workers() -> Select[tuple[UUID, str]]:
    """User id and name of the active members who work on leads, to be executed or joined to something else."""
    return (
        select(Membership.user_id, User.name)
        .join(User, User.id == Membership.user_id)
        .where(
            Membership.workspace_id == current_workspace_id(),
            Membership.deactivated_at.is_(None),
            Membership.role.in_(("owner", "admin", "manager", "sales")),
        )
    )
