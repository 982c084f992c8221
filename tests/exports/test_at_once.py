"""x"""
def test_x(alice, make_lead):
    make_lead(name="=Hannah", wishes="hello")
    r = alice.get("/w/wells/exports/new?query=")
    print(r.text)
    r = alice.post("/w/wells/exports", data={"format": "csv", "columns": "everything", "query": ""})
    print(r.status_code, r.headers, r.text)
    r = alice.post("/w/wells/exports", data={"format": "xlsx", "columns": "shown", "query": ""})
    print(r.status_code, len(r.data))
    print(alice.get("/w/wells/exports").text[-3000:])
