"""Pictures of the records: every chart a pure function, checked as data, drawn offline."""
