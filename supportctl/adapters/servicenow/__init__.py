"""ServiceNow: task tables through the Table, Aggregate and Attachment APIs."""
