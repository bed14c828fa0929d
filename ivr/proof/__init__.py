"""What can be shown of the call as a whole, from the table: proofs, map, wording.

explore  every state the call can be in, and every way from one to the next
laws     what must hold of them
words    what must hold of the wording
lengths  prompts and ways to a nurse, in spoken seconds
reading  the pages and turns that a TTY shows, in seconds
audit    all of it in one report
map      the call as a Mermaid flow chart
call_wording  the wording, for a nurse manager to read

document_walk   every document that is sent, run in the simulator
document_graph  what was found by that
document_laws   what must hold of it
moments         when it is: open, and closed in each way that sounds different
document_audit  all of it in one report
"""
