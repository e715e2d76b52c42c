# SPDX-License-Identifier: Apache-2.0
"""Writes the samples beside it: what the XML-RPC client of Python's standard library sends.

    python3 make_samples.py

PythonSamplesTest says what each must be read as. The same client must read answer.xml, fault.xml and
fault-old.xml, which are this module's own answers: "python3 make_samples.py check" tells.
"""
import datetime
import pathlib
import sys
import xmlrpc.client

HERE = pathlib.Path(__file__).parent

SAMPLES = {
    "version": ((), "version"),
    "authenticate": (("portal.localhost", "admin", "admin", {}), "authenticate"),
    "signup": (
        ("portal.localhost", 2, "admin", "res.users", "signup",
         [{"login": "client-email@example.com", "name": "Client Name", "password": "Client Password"}]),
        "execute_kw"),
    "create": (
        ("portal.localhost", 2, "admin", "saas_portal.plan", "create_new_database", [1],
         {"dbname": False, "user_id": 5}),
        "execute_kw"),
    "types": (
        (True, False, 0, -2147483648, 2147483647, 1.5, -0.0, 1e22, "", " a  b ", "<&>\"'\r\n\t]]>", "é€😀",
         None, b"\x00\x01\xfe\xff" * 30, datetime.datetime(2026, 1, 31, 10, 0, 0),
         [], [[], [1, [2]]], {}, {"": 1, "a b": {"c": [None]}}),
        "types"),
}


def write():
    for name, (params, method) in SAMPLES.items():
        text = xmlrpc.client.dumps(params, method, allow_none=True)
        (HERE / f"python-{name}.xml").write_bytes(text.encode("utf-8"))
    text = xmlrpc.client.dumps(("é€",), "latin", encoding="windows-1252")
    (HERE / "python-windows-1252.xml").write_bytes(text.encode("windows-1252"))


def check():
    (value,), _ = xmlrpc.client.loads((HERE / "answer.xml").read_bytes())
    assert value == {
        "text": "a<b>&\r\n\t é€😀", "int": 42, "long": 5000000000, "double": 1e22, "small": 1.25e-7, "true": True,
        "nothing": False, "bytes": xmlrpc.client.Binary(b"\x00\xff"), "list": [1, [], {}]}, value
    expect_fault("fault.xml", 3, "Access Denied")
    expect_fault("fault-old.xml", "warning -- UserError\n\nNo <b>.", "")


def expect_fault(name, code, message):
    try:
        xmlrpc.client.loads((HERE / name).read_bytes())
    except xmlrpc.client.Fault as fault:
        assert (fault.faultCode, fault.faultString) == (code, message), fault
    else:
        raise AssertionError("no fault")


if __name__ == "__main__":
    check() if sys.argv[1:] == ["check"] else write()
