"""What a module computes, as a list of equations whose sizes and numbers are functions of the width n."""
