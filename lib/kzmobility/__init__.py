"""What at least two notebooks of the edition of Bokayev
and Akhmetova (2024) share about this paper."""
