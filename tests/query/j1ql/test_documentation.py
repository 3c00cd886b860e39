"""The example queries of JupiterOne's documentation, on a small graph with their types: understood, and answered as the
evaluator answers them; what is refused is refused by name."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from typing import Any

import pytest

from collector.clock import SystemClock
from collector.errors import UsageError
from collector.model.graph import RelationshipType
from collector.model.graph_schema import ROW, EntitySchema, GraphSchema
from collector.query.j1ql import QueryRequest, ask
from collector.store import RunGraph, Store

from .evaluator import evaluate
from .known_graphs import strict

TYPES = {
    "user": ("User",),
    "person": ("Person",),
    "user_group": ("UserGroup",),
    "device": ("Device",),
    "host": ("Host",),
    "host_agent": ("HostAgent",),
    "firewall": ("Firewall",),
    "network": ("Network",),
    "internet": ("Internet",),
    "everyone": ("Everyone",),
    "aws_ebs_volume": ("DataStore", "Disk"),
    "aws_s3_bucket": ("DataStore",),
    "database": ("Database", "DataStore"),
    "aws_instance": ("Host",),
    "aws_account": ("Account",),
    "aws_eni": ("NetworkInterface",),
    "aws_security_group": ("Firewall",),
    "aws_db_snapshot": ("Image",),
    "service": ("Service",),
    "application": ("Application",),
    "access_role": ("AccessRole",),
    "access_policy": ("AccessPolicy",),
    "bitbucket_project": ("Project",),
    "bitbucket_team": ("UserGroup",),
    "bitbucket_user": ("User",),
    "certificate": ("Certificate",),
    "code_repo": ("CodeRepo",),
    "user_endpoint": ("Device",),
}
VALUES: dict[str, tuple[Any, ...]] = {
    "name": ("test", "Ada", "team1"),
    "displayName": ("one", "two"),
    "firstName": ("James", "Jane", "jamesina"),
    "email": ("a@b.com", ["a@b.com", "x@y.com"], "test@jupiterone.com"),
    "username": ("ada", "bob"),
    "encrypted": (True, False),
    "public": (True, False),
    "admin": (True, False),
    "platform": ("darwin", "linux", "windows"),
    "classification": ("critical", "restricted", ["critical", "restricted"]),
    "tag.Production": (True, "false"),
    "tag.Environment": ("A", "B", "C", "Acme"),
    "tag.Owner": ("xyz_demo", "demo_xyz", "Demo", "Acme"),
    "tag.Classification": ("critical",),
    "ipAddress": ("10.50.2.17", "127.0.0.1", ["10.50.1.1"]),
    "createdOn": (0, 1_572_393_600_000, 1_900_000_000_000),
    "manager": ("eve",),
    "age": (30, 40, 41.5),
    "allocatedStorage": (10, 20),
    "subject": ("example", ""),
    "securityGroupIds": (["1"], ["1", "2"]),
    "groupId": ("1", "2"),
    "publicIpAddress": ("1.2.3.4",),
    "active": (True, False),
    "functionArn": ("arn:prod",),
}
EDGES = [
    ("user", "IS", "person"), ("person", "OWNS", "device"), ("user", "OWNS", "device"), ("user", "HAS", "device"),
    ("person", "HAS", "device"), ("host_agent", "PROTECTS", "device"), ("host_agent", "MONITORS", "host"),
    ("firewall", "PROTECTS", "host"), ("firewall", "ALLOWS", "internet"), ("firewall", "PERMITS", "everyone"),
    ("aws_security_group", "ALLOWS", "internet"), ("aws_eni", "USES", "aws_instance"),
    ("aws_instance", "USES", "aws_ebs_volume"), ("aws_security_group", "PROTECTS", "aws_instance"),
    ("database", "HAS", "aws_ebs_volume"), ("service", "HAS", "aws_account"), ("service", "HAS", "aws_s3_bucket"),
    ("user", "ASSIGNED", "access_role"), ("user", "ASSIGNED", "access_policy"), ("user", "ASSIGNED", "application"),
    ("user_group", "ASSIGNED", "access_policy"), ("access_role", "ASSIGNED", "access_policy"),
    ("access_policy", "ALLOWS", "aws_s3_bucket"), ("application", "CONNECTS", "aws_account"),
    ("bitbucket_project", "HAS", "bitbucket_team"), ("bitbucket_team", "HAS", "bitbucket_user"),
    ("aws_account", "HAS", "user"), ("user", "CONTRIBUTES", "code_repo"),
]  # fmt: skip
SCHEMA = GraphSchema(
    tuple(EntitySchema(type_, classes, type_, dict.fromkeys(VALUES, (ROW,))) for type_, classes in TYPES.items()),
    tuple(RelationshipType(*edge) for edge in EDGES),
)
EXAMPLES = """
FIND User
FIND * WITH _class = 'User'
FIND * WITH _type='aws_s3_bucket'
FIND DataStore with encrypted=undefined
FIND DataStore WITH encrypted = false AND tag.Production = true
FIND user_endpoint WITH platform = 'darwin' OR platform = 'linux'
FIND user_endpoint WITH platform = ('darwin' OR 'linux')
Find Host WITH tag.Environment = ('A' or 'B' or 'C')
Find DataStore WITH classification != ('critical' and 'restricted')
FIND Service THAT RELATES TO Account
FIND (Host|Device) WITH ipAddress='10.50.2.17'
FIND * WITH (_class='Host' OR _class='Device') AND ipAddress='10.50.2.17'
FIND (Database|aws_s3_bucket)
FIND HostAgent THAT (MONITORS|PROTECTS) Host
FIND * THAT (ALLOWS|PERMITS) (Internet|Everyone)
FIND User THAT HAS Device
Find Device THAT HAS User
FIND Firewall AS fw THAT ALLOWS * AS n
FIND Firewall AS fw THAT ALLOWS AS rule * AS n
FIND Firewall as fw that ALLOWS as rule * as n WHERE rule._class='ALLOWS' AND (n._type='internet' or fw.public=true)
FIND User as u that IS Person as p RETURN u.username, p.firstName, p.lastName, p.email
FIND User as u that IS Person as p RETURN u.*, p.*
FIND User THAT CONTRIBUTES TO CodeRepo
FIND User THAT CONTRIBUTES CodeRepo
Find Person with firstName^='J'
FIND Person WITH email = "a@b.com"
FIND Person WITH email ~= ".com"
Find Host with tag.Owner~='demo'
FIND Person WITH firstName = /james/i
FIND (Host|Device) WITH ipAddress^='10.50'
Find Certificate with subject$=''
FIND Host WITH tag.Owner!~='demo'
FIND DataStore WITH encrypted!=true
Find DataStore with createdOn > date.now - 1 day
Find DataStore with createdOn > date(2019-10-30)
Find DataStore with createdOn > date(2019)
Find DataStore with createdOn > date(2019-10)
Find DataStore with createdOn >= date(2019-10-30T00Z)
Find DataStore with createdOn >= date(2019-10-30T00:00:00.000+00:00)
Find Person WITH manager = undefined as u ORDER BY u.username SKIP 10 LIMIT 5
find bitbucket_team as team that relates to bitbucket_user as user return team.name, count(user)
find bitbucket_team as team that relates to bitbucket_user as user return count(user), avg(user.age)
Find UNIQUE aws_eni with publicIpAddress != undefined as nic that relates to aws_instance that relates to \
aws_security_group as sg that allows Internet where nic.securityGroupIds = sg.groupId RETURN nic.active, \
nic.securityGroupIds, nic.tag.Owner
Find aws_db_snapshot as snapshot Return snapshot.displayName, snapshot.allocatedStorage * 0.02 as Cost
Find (aws_db_snapshot|aws_s3_bucket) as snapshot Return snapshot.tag.Owner as Account, \
sum(snapshot.allocatedStorage) * 0.02 as EstimatedCost
Find User (that IS Person)?
Find User (that IS Person that OWNS Device)?
Find (User | UserGroup) (that assigned AccessRole)? that assigned AccessPolicy that allows as permission * \
where permission._class='ALLOWS' return TREE
Find User (that is Person)? (that owns Device)? Return User, Person, Device
Find User (that is Person)? as userOrPerson that owns Device Where userOrPerson.email = 'test@jupiterone.com' \
Return userOrPerson, Device
Find User with name = 'test' (that is Person with email = 'test@jupiterone.com')? as userOrPerson that owns Device \
return userOrPerson, Device
Find * with encrypted = false
Find aws_ebs_volume with encrypted = false
Find Firewall that PROTECTS Host with public = true
Find Firewall as f that PROTECTS Host with public = true as h RETURN f, h
Find Firewall that PROTECTS Host with public = true RETURN tree
Find "127.0.0.1"
"127.0.0.1"
Find "127.0.0.1" with _class='Host'
Find User that !IS Person
Find User that !RELATES TO Person
Find aws_ebs_volume that !USES aws_instance
Find aws_instance that !USES aws_ebs_volume
Find DataStore with tag.Classification='critical' that HAS * with tag.Production='false'
Find Person that has Device that !protects HostAgent
Find * as r that RELATES TO Service that RELATES TO aws_account where r.tag.Owner != r.tag.Environment
Find User as U that ASSIGNED Application as App that CONNECTS aws_account as AWS RETURN U.displayName as User, \
App.tag.Owner as IdP, App.displayName as ssoApplication, AWS.name as awsAccount
Find Account as acct that has User as user return count(acct), count(user)
Find Account as acct that has User as user return acct._type, count(user)
Find Account as acct that has User as user return acct._type, acct.displayName, count(user)
find bitbucket_project as project that relates to bitbucket_team as team that relates to bitbucket_user as user \
return project.name, team.name, count(user)
find bitbucket_project as project that relates to bitbucket_team as team that relates to bitbucket_user as user \
return project.name, count(user)
Find DataStore as d return d.tag.Production, count(d) as n order by n desc
Find Device that OWNS << Person
Find Person that OWNS >> Device
Find Person that OWNS << Device
"""
TEXTS = [line for line in EXAMPLES.replace("\\\n", "").splitlines() if line]
REFUSED = {
    "Find (Network|Host) with _IntegrationInstanceId = undefined": "`_IntegrationInstanceId` is metadata",
    "Find CodeRepo with _beginOn > date.now-24hr and _version=1": "`_beginOn` is metadata",
    "find bitbucket_team as t return count(*)": r"COUNT\(\*\) is not supported",
    "FIND #CriticalAsset": "smart classes",
    "FIND User WITH email = ${param.email}": "parameters",
    "FIND Person AS p WITH manager = undefined": "WITH comes before AS",
    "FIND UNIQUE User": "UNIQUE is for RETURN",
}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    chance = random.Random(5)
    with Store.open(tmp_path_factory.mktemp("documentation") / "graph.db") as store:
        run = store.begin(1000, {})
        for type_, classes in TYPES.items():
            for number in range(3):
                row = {name: chance.choice(values) for name, values in VALUES.items() if chance.random() < 0.8}
                run.put(f"{type_}:{number}", ROW, {"_type": type_, "_class": list(classes), **row}, 1000)
        for edge in SCHEMA.relationships:
            for source in range(3):
                for target in range(3):
                    if chance.random() < 0.4:
                        run.put_relationship(edge.between(f"{edge.source}:{source}", f"{edge.target}:{target}"))
        run.finish(2000, 0, [], [], [])
        yield store


@pytest.mark.parametrize("text", TEXTS)
def test_an_example_is_answered_as_by_the_evaluator(text: str, store: Store) -> None:
    clock = SystemClock()
    answer = ask(store, SCHEMA, QueryRequest(text, limit=0), clock)
    rows = list(answer.rows)
    graph = RunGraph(store, 1)
    entities = [dict(each) for _, found in graph.entities() for each in found]
    relationships = [dict(each) for _, found in graph.relationships() for each in found]
    expected = evaluate(_with_dates(text), entities, relationships, int(clock.now() * 1000))
    found = {"vertices": rows, "edges": answer.edges} if answer.edges is not None else {
        "columns": list(answer.columns), "rows": rows}  # fmt: skip
    assert strict(found) == strict(expected)


def _with_dates(text: str) -> str:
    """The evaluator knows no dates: those of the examples as milliseconds."""
    known = {"2019": 1_546_300_800_000, "2019-10": 1_569_888_000_000}
    return re.sub(r"date\(([^)]*)\)", lambda found: str(known.get(found[1], 1_572_393_600_000)), text)


def test_most_examples_find_something(store: Store) -> None:
    found = sum(bool(list(ask(store, SCHEMA, QueryRequest(text), SystemClock()).rows)) for text in TEXTS)
    assert found > len(TEXTS) * 0.8


@pytest.mark.parametrize("text", REFUSED)
def test_an_example_that_is_refused(text: str, store: Store) -> None:
    with pytest.raises(UsageError, match=REFUSED[text]):
        ask(store, SCHEMA, QueryRequest(text), SystemClock())
