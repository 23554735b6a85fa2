"""The tables themselves: fields and parents, as a new instance has them (sys_dictionary, sys_db_object)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Field:
    """``kind`` is the internal type; ``reference`` the table a reference points to."""

    name: str
    label: str
    kind: str = "string"
    reference: str = ""
    choices: bool = False
    length: int = 40


def _fields(text: str) -> tuple[Field, ...]:
    """One field per line: name, type (``ref:table``, ``choice``, ``intchoice`` ...), label, length."""
    found = []
    for line in text.strip().splitlines():
        name, kind, *rest = (part.strip() for part in line.split("|"))
        label = rest[0] if rest and rest[0] else name.removeprefix("sys_").replace("_", " ").capitalize()
        reference = kind.removeprefix("ref:") if kind.startswith("ref:") else ""
        length = int(rest[1]) if len(rest) > 1 else 32 if reference else 40
        choices = kind in {"choice", "intchoice"}
        kind = "reference" if reference else {"choice": "string", "intchoice": "integer"}.get(kind, kind)
        found.append(Field(name, label, kind, reference, choices, length))
    return tuple(found)


BASE = _fields("""
sys_id|GUID|Sys ID
sys_created_on|glide_date_time|Created
sys_created_by|string|Created by
sys_updated_on|glide_date_time|Updated
sys_updated_by|string|Updated by
sys_mod_count|integer|Updates
sys_tags|related_tags|Tags
""")
TASK = _fields("""
number|string|Number
short_description|string|Short description|160
description|string|Description|4000
state|intchoice|State
active|boolean|Active
priority|intchoice|Priority
impact|intchoice|Impact
urgency|intchoice|Urgency
escalation|intchoice|Escalation
contact_type|choice|Channel
opened_at|glide_date_time|Opened
opened_by|ref:sys_user|Opened by
assigned_to|ref:sys_user|Assigned to
assignment_group|ref:sys_user_group|Assignment group
closed_at|glide_date_time|Closed
closed_by|ref:sys_user|Closed by
close_notes|string|Resolution notes|4000
cmdb_ci|ref:cmdb_ci|Configuration item
business_service|ref:cmdb_ci_service|Service
service_offering|ref:service_offering|Service offering
company|ref:core_company|Company
location|ref:cmn_location|Location
parent|ref:task|Parent
made_sla|boolean|Made SLA
sla_due|due_date|SLA due
due_date|glide_date_time|Due date
activity_due|due_date|Activity due
expected_start|glide_date_time|Expected start
work_start|glide_date_time|Actual start
work_end|glide_date_time|Actual end
follow_up|glide_date_time|Follow up
business_duration|glide_duration|Business duration
calendar_duration|glide_duration|Duration
time_worked|timer|Time worked
reassignment_count|integer|Reassignment count
knowledge|boolean|Knowledge
watch_list|glide_list|Watch list
work_notes_list|glide_list|Work notes list
additional_assignee_list|glide_list|Additional assignee list
group_list|glide_list|Group list
comments|journal_input|Additional comments|4000
work_notes|journal_input|Work notes|4000
comments_and_work_notes|journal_list|Comments and Work notes|4000
approval|choice|Approval
approval_history|journal|Approval history
approval_set|glide_date_time|Approval set
upon_approval|choice|Upon approval
upon_reject|choice|Upon reject
correlation_id|string|Correlation ID|100
correlation_display|string|Correlation display|100
delivery_plan|ref:sc_cat_item_delivery_plan|Delivery plan
delivery_task|ref:sc_cat_item_delivery_task|Delivery task
contract|ref:ast_contract|Contract
universal_request|ref:task|Universal Request
route_reason|intchoice|Transfer reason
task_effective_number|string|Effective number
order|integer|Order
user_input|user_input|User input
sys_class_name|sys_class_name|Task type
sys_domain|domain_id|Domain
sys_domain_path|domain_path|Domain Path
""")
CLASSES: dict[str, tuple[str, str, tuple[Field, ...]]] = {
    "task": ("", "Task", TASK),
    "incident": (
        "task",
        "Incident",
        _fields("""
caller_id|ref:sys_user|Caller
category|choice|Category
subcategory|choice|Subcategory
incident_state|intchoice|Incident state
hold_reason|intchoice|On hold reason
severity|intchoice|Severity
notify|intchoice|Notify
close_code|choice|Resolution code
resolved_at|glide_date_time|Resolved
resolved_by|ref:sys_user|Resolved by
reopen_count|integer|Reopen count
reopened_time|glide_date_time|Last reopened at
reopened_by|ref:sys_user|Last reopened by
calendar_stc|integer|Resolve time
business_stc|integer|Business resolve time
business_impact|string|Business impact|4000
cause|string|Probable cause|4000
parent_incident|ref:incident|Parent Incident
child_incidents|integer|Child Incidents
problem_id|ref:problem|Problem
rfc|ref:change_request|Change Request
caused_by|ref:change_request|Caused by Change
origin_table|table_name|Origin table
origin_id|document_id|Origin
"""),
    ),
    "problem": (
        "task",
        "Problem",
        _fields("""
category|choice|Category
subcategory|choice|Subcategory
problem_state|intchoice|Problem state
resolution_code|choice|Resolution code
resolved_at|glide_date_time|Resolved
resolved_by|ref:sys_user|Resolved by
confirmed_at|glide_date_time|Confirmed
confirmed_by|ref:sys_user|Confirmed by
fix_at|glide_date_time|Fix at
fix_by|ref:sys_user|Fix by
fix_notes|string|Fix notes|4000
cause_notes|string|Cause notes|4000
workaround|string|Workaround|4000
known_error|boolean|Known error
major_problem|boolean|Major problem
duplicate_of|ref:problem|Duplicate of
related_incidents|integer|Related Incidents
first_reported_by_task|ref:task|First reported by
reopen_count|integer|Reopen count
reopened_at|glide_date_time|Reopened at
reopened_by|ref:sys_user|Reopened by
review_outcome|choice|Review outcome
rfc|ref:change_request|Change Request
"""),
    ),
    "change_request": (
        "task",
        "Change Request",
        _fields("""
type|choice|Type
category|choice|Category
risk|intchoice|Risk
requested_by|ref:sys_user|Requested by
start_date|glide_date_time|Planned start date
end_date|glide_date_time|Planned end date
close_code|choice|Close code
phase|choice|Phase
"""),
    ),
    "sc_request": (
        "task",
        "Request",
        _fields("""
requested_for|ref:sys_user|Requested for
request_state|choice|Request state
stage|choice|Stage
price|currency|Price
"""),
    ),
    "sc_req_item": (
        "task",
        "Requested Item",
        _fields("""
request|ref:sc_request|Request
requested_for|ref:sys_user|Requested for
cat_item|ref:sc_cat_item|Item
stage|choice|Stage
quantity|integer|Quantity
"""),
    ),
    "sc_task": (
        "task",
        "Catalog Task",
        _fields("""
request|ref:sc_request|Request
request_item|ref:sc_req_item|Request item
"""),
    ),
    "sys_user": (
        "",
        "User",
        _fields("""
user_name|string|User ID
name|string|Name
first_name|string|First name
last_name|string|Last name
email|string|Email|100
title|string|Title
active|boolean|Active
locked_out|boolean|Locked out
time_zone|choice|Time zone
date_format|choice|Date format
time_format|choice|Time format
preferred_language|choice|Language
company|ref:core_company|Company
department|ref:cmn_department|Department
location|ref:cmn_location|Location
manager|ref:sys_user|Manager
vip|boolean|VIP
phone|string|Business phone
web_service_access_only|boolean|Web service access only
"""),
    ),
    "sys_user_group": (
        "",
        "Group",
        _fields("""
name|string|Name
description|string|Description|1000
email|string|Group email
active|boolean|Active
manager|ref:sys_user|Manager
parent|ref:sys_user_group|Parent
type|glide_list|Type
"""),
    ),
    "sys_user_grmember": ("", "Group Member", _fields("user|ref:sys_user|User\ngroup|ref:sys_user_group|Group")),
    "sys_user_role": ("", "Role", _fields("name|string|Name\ndescription|string|Description|1000")),
    "sys_user_has_role": (
        "",
        "User Role",
        _fields("user|ref:sys_user|User\nrole|ref:sys_user_role|Role\nstate|string|State\ninherited|boolean|Inherited"),
    ),
    "sys_properties": (
        "",
        "System Property",
        _fields("name|string|Name\nvalue|string|Value|4000\ntype|string|Type\ndescription|string|Description|512"),
    ),
    "sys_choice": (
        "",
        "Choice",
        _fields("""
name|table_name|Table
element|string|Element
value|string|Value
label|string|Label
language|string|Language
sequence|integer|Sequence
inactive|boolean|Inactive
dependent_value|string|Dependent value
hint|string|Hint
"""),
    ),
    "sys_dictionary": (
        "",
        "Dictionary Entry",
        _fields("""
name|table_name|Table
element|string|Column name
column_label|string|Column label
internal_type|ref:sys_glide_object|Type
reference|ref:sys_db_object|Reference
mandatory|boolean|Mandatory
read_only|boolean|Read only
max_length|integer|Max length
choice|integer|Choice
active|boolean|Active
"""),
    ),
    "sys_data_policy2": (
        "",
        "Data Policy",
        _fields("""
short_description|string|Short description|160
model_table|table_name|Table
conditions|conditions|Conditions|4000
active|boolean|Active
inherit|boolean|Inherit
"""),
    ),
    "sys_data_policy_rule": (
        "",
        "Data Policy Rule",
        _fields("""
sys_data_policy|ref:sys_data_policy2|Data Policy
table|table_name|Table
field|string|Field name|80
mandatory|choice|Mandatory
"""),
    ),
    "sys_db_object": (
        "",
        "Table",
        _fields("name|string|Name\nlabel|string|Label\nsuper_class|ref:sys_db_object|Extends table"),
    ),
    "sys_filter": (
        "",
        "Filter",
        _fields("""
title|string|Title
table|table_name|Table
filter|conditions|Filter|4000
user|ref:sys_user|User
group|ref:sys_user_group|Group
order_by|string|Order by
"""),
    ),
    "label": (
        "",
        "Tag",
        _fields("""
name|string|Name|100
owner|ref:sys_user|Owner
viewable_by|choice|Viewable by
type|choice|Type
active|boolean|Active
global|boolean|Global
"""),
    ),
    "label_entry": (
        "",
        "Label Entry",
        _fields("""
label|ref:label|Label
table|table_name|Table
table_key|document_id|Document
title|string|Title|255
id_type|string|Type
id_display|string|Display
read|boolean|Read
"""),
    ),
    "contract_sla": (
        "",
        "SLA Definition",
        _fields("""
name|string|Name
target|choice|Target
type|choice|Type
duration|glide_duration|Duration
collection|table_name|Table
active|boolean|Active
"""),
    ),
    "task_sla": (
        "",
        "Task SLA",
        _fields("""
task|ref:task|Task
sla|ref:contract_sla|SLA definition
stage|choice|Stage
has_breached|boolean|Has breached
active|boolean|Active
start_time|glide_date_time|Start time
end_time|glide_date_time|Stop time
pause_time|glide_date_time|Pause time
pause_duration|glide_duration|Pause duration
planned_end_time|glide_date_time|Breach time
original_breach_time|glide_date_time|Original breach time
duration|glide_duration|Actual elapsed time
business_duration|glide_duration|Business elapsed time
percentage|decimal|Actual elapsed percentage
business_percentage|decimal|Business elapsed percentage
time_left|glide_duration|Actual time left
business_time_left|glide_duration|Business time left
schedule|ref:cmn_schedule|Schedule
timezone|string|Timezone
"""),
    ),
    "sys_audit": (
        "",
        "Audit",
        _fields("""
documentkey|char|Document key
tablename|table_name|Table name
fieldname|string|Field name
oldvalue|string|Old value|4000
newvalue|string|New value|4000
user|string|User
reason|string|Reason
record_checkpoint|integer|Record checkpoint
"""),
    ),
    "sys_journal_field": (
        "",
        "Journal Entry",
        _fields("""
element_id|char|Element ID
element|string|Element
name|table_name|Name
value|string|Value|4000
"""),
    ),
    "metric_instance": (
        "",
        "Metric",
        _fields("""
id|document_id|ID
table|table_name|Table
definition|ref:metric_definition|Definition
field|string|Field
value|string|Value
start|glide_date_time|Start
end|glide_date_time|End
duration|glide_duration|Duration
calculation_complete|boolean|Calculation complete
"""),
    ),
    "sys_attachment": (
        "",
        "Attachment",
        _fields("""
file_name|string|File name
content_type|string|Content type
size_bytes|integer|Size bytes
size_compressed|integer|Size compressed
compressed|boolean|Compressed
table_name|table_name|Table name
table_sys_id|char|Table sys ID
state|choice|State
image_width|integer|Image width
image_height|integer|Image height
average_image_color|string|Average image color
chunk_size_bytes|integer|Chunk size bytes
"""),
    ),
    "cmdb_ci": ("", "Configuration Item", _fields("name|string|Name\nsys_class_name|sys_class_name|Class")),
    "cmdb_ci_service": ("cmdb_ci", "Service", ()),
    "cmn_location": ("", "Location", _fields("name|string|Name\nfull_name|string|Full name\ncity|string|City")),
    "core_company": ("", "Company", _fields("name|string|Name")),
    "metric_definition": ("", "Metric Definition", _fields("name|string|Name\nfield|string|Field")),
    "kb_knowledge": ("", "Knowledge", _fields("number|string|Number\nshort_description|string|Short description")),
    "m2m_kb_task": ("", "Task Knowledge", _fields("task|ref:task|Task\nkb_knowledge|ref:kb_knowledge|Knowledge")),
}
EXTRA_INCIDENT = _fields("""
u_symptom|choice|Symptom
u_priority_confirmation|boolean|Priority confirmed
u_vendor|choice|Vendor
""")
"""Custom fields of the instance whose event log can be loaded; there for everybody, as custom fields are."""
