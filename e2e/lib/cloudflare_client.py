"""Reads, changes and deletes request logs with PyPI cloudflare, and prints what it saw as JSON.

Arguments: the base URL, the account, and the ids of three logs of the gateway `default`, oldest first, whose metadata has `run: python`
and `number` 1 to 3. The token is in CLOUDFLARE_API_TOKEN."""

import json
import sys

import cloudflare

base_url, account, *ids = sys.argv[1:]
client = cloudflare.Cloudflare(base_url=base_url, max_retries=0)
logs = client.ai_gateway.logs
of = {"account_id": account, "gateway_id": "default"}
mine = [{"key": "metadata.value", "operator": "eq", "value": ["python"]}]


def found(**asked):
    """The ids of all that is listed, page by page."""
    return [it.id for it in logs.list("default", account_id=account, **asked)]


def refused(call):
    """Status and message of what the client raises."""
    try:
        call()
    except cloudflare.APIStatusError as error:
        return [type(error).__name__, error.status_code, error.message]
    return None


page = logs.list("default", account_id=account, filters=mine, per_page=2, page=2)
second = {"result": [it.id for it in page.result], "info": page.result_info.model_dump()}
listed = logs.list("default", account_id=account, filters=mine, per_page=1).result[0]
saw = {
    "listed": listed.model_dump(mode="json"),
    "filtered": found(filters=mine),
    "ordered": found(filters=mine, order_by="created_at", order_by_direction="asc"),
    "paged": found(filters=mine, per_page=1),
    "second": second,
    "searched": found(search="python"),
    "unsuccessful": found(filters=mine, success=False),
    "not_the_first": found(filters=[{"key": "id", "operator": "neq", "value": ids[:1]}], search="python", model="gpt", min_tokens_in=0),
    "any_of": found(filters=[{"key": "id", "operator": "eq", "value": ids[:2]}]),
    "several": found(filters=[*mine, {"key": "id", "operator": "neq", "value": ids[:1]}, {"key": "provider", "operator": "eq", "value": ["openai"]}]),
    # The client's HTTP library puts parameters of one name together: which values belong to which filter is lost, if not each has one.
    "of_many_values": refused(lambda: found(filters=[*mine, {"key": "id", "operator": "neq", "value": ids[:2]}])),
    "as_json": found(extra_query={"filters": json.dumps([*mine, {"key": "id", "operator": "neq", "value": ids[:2]}, {"key": "feedback", "operator": "eq", "value": [None]}])}),
}
saw["got"] = logs.get(ids[0], **of).model_dump(mode="json")
saw["request"] = logs.request(ids[0], **of)
saw["response"] = logs.response(ids[0], **of)
logs.edit(ids[1], feedback=1, score=95, metadata={"reviewed": True, "run": "python"}, **of)
saw["edited"] = logs.get(ids[1], **of).model_dump(mode="json")
saw["praised"] = found(filters=[{"key": "feedback", "operator": "eq", "value": [1]}], search="python")
logs.edit(ids[1], feedback=None, **of)
saw["taken_back"] = logs.get(ids[1], **of).model_dump(mode="json")
saw["bad_feedback"] = refused(lambda: logs.edit(ids[1], feedback=7, **of))
saw["bad_page"] = refused(lambda: found(per_page=51))
deleted = logs.delete("default", account_id=account, filters=mine, order_by="created_at", order_by_direction="asc", limit=2)
saw["deleted"] = deleted.model_dump()
saw["left"] = found(filters=mine)
saw["gone"] = refused(lambda: logs.get(ids[0], **of))
print(json.dumps(saw))
