"""What all Java programs here have in common."""

# Numbers in their output are read.
ENGLISH = "-Duser.language=en"
# After so long under one kind of load the compiler has little left to do, but not before.
WARM_UP_SECONDS = 10
