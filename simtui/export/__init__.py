"""Tables and standards: csv, parquet, Psych-DS, BIDS, RDM; the codebook."""
