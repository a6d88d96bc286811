"""Whether a recovery is of a member who has lost her authenticator as well."""

import sqlalchemy as sa
from alembic import op

revision = "0078_lost_authenticators"
down_revision = "0077_former_chats"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("account_recovery", sa.Column("app_lost", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("account_recovery", "app_lost")
