"""What must be so before an act may be done, by endpoint, as statements on the ids of the records."""

_NOT_GOING_OVER = "update transfers set state = 'cancelled' where id = :transfer_id"
_READY = "update leads set stage_id = (select id from stages where key = 'ready_for_squeegee') where id = :lead_id"
_SECOND_TAG = (
    "insert into tags (workspace_id, id, name, colour, created_at, version)"
    " select workspace_id, id, 'Second', 'red', now(), 1 from leads where id = :lead_id"
)
_PROVIDER = (
    "insert into message_providers (workspace_id, id, channel, kind, settings_sealed, is_active, progress, updated_at,"
    " version) select workspace_id, id, 'email', 'smtp', '\\x00', true, '{}', now(), 1 from leads where id = :lead_id"
)
#: endpoint -> what must be so before its act may be done
NEEDED = {
    "imports.change_settings": (
        "update imports set options = options || jsonb_build_object('source_id', (select s.id from lead_sources s"
        " where s.workspace_id = imports.workspace_id limit 1)) where id = :import_id",
    ),
    "imports.run": ("update imports set state = 'checked', figures = '{\"ready\": 1}' where id = :import_id",),
    "imports.undo": ("update imports set state = 'done', figures = '{\"created\": 1}' where id = :import_id",),
    "bulk_acts.empty_bin": ("update leads set shelf = 'bin', shelved_at = now() where id = :lead_id",),
    "leads.undo_move": (
        "update stage_changes set from_stage_id = :stage_id, at = now(), actor_id = (select user_id from memberships"
        " where workspace_id = stage_changes.workspace_id and role = 'owner' limit 1) where lead_id = :lead_id",
    ),
    "leads.merge_listed_tag": (_SECOND_TAG,),
    "leads.undo_tag_merge": (
        "update bulk_acts set kind = 'merge_tags', state = 'done', undo_until = now() + interval '1 minute',"
        " parameters = jsonb_build_object('tag_id', id, 'into_id', cast(:tag_id as text), 'name', 'Terrace',"
        " 'merged', 'VIP', 'colour', 'red', 'created_at', '2026-01-01T00:00:00+00:00') where id = :bulk_act_id",
    ),
    "leads.bring_back_stage": ("update stages set retired_at = now() where id = :stage_id",),
    "leads.delete_for_good": ("update leads set shelf = 'bin', shelved_at = now() where id = :lead_id",),
    "messaging.judge": ("update messages set direction = 'in', state = 'received' where id = :message_id",),
    "messaging.restore_arrival": ("update arrivals set state = 'ignored' where id = :arrival_id",),
    "messaging.leave_unsent": ("update messages set state = 'failed' where id = :message_id",),
    "messaging.remove_sending": (_PROVIDER,),
    "messaging.retry": ("update messages set state = 'failed' where id = :message_id",),
    "messaging.settle": ("update messages set state = 'uncertain' where id = :message_id",),
    "quotes.create": ("update quotes set state = 'sent' where id = :quote_id",),
    "quotes.renew": ("update quotes set state = 'expired' where id = :quote_id",),
    "quotes.said_yes": ("update quotes set state = 'sent' where id = :quote_id",),
    "quotes.revoke": ("update quotes set state = 'sent', link_secret_sealed = '\\x00' where id = :quote_id",),
    "quotes.restore": (
        "update quotes set state = 'replaced', link_secret_sealed = '\\x00', revoked_at = now() where id = :quote_id",
    ),
    "reconciliation.reopen": (
        "update discrepancies set state = 'dismissed', resolution = 'dismissed' where id = :discrepancy_id",
    ),
    "squeegee.changed": ("update transfers set state = 'success' where id = :transfer_id", _READY),
    "squeegee.confirm_copy": (_NOT_GOING_OVER, _READY),
    "squeegee.hand_over": (_NOT_GOING_OVER, _READY),
    "squeegee.hand_over_ticked": (_NOT_GOING_OVER, _READY),
    "squeegee.mend": (_NOT_GOING_OVER, _READY),
    "squeegee.pair": (_NOT_GOING_OVER, _READY),
    "squeegee.make_batch": (_NOT_GOING_OVER, _READY),
    "squeegee.say_of_row": (
        "update transfers set method = 'csv', batch_id = :batch_id, batch_position = 1 where id = :transfer_id",
    ),
    "squeegee.retry": ("update transfers set state = 'failed' where id = :transfer_id",),
    "squeegee.take_back": (
        "update transfers set state = 'success', method = 'copy_sheet' where id = :transfer_id",
        "delete from booking_news where lead_id = :lead_id",
    ),
    "squeegee.settle": ("update transfers set state = 'uncertain' where id = :transfer_id",),
}
