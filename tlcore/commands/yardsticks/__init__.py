"""One file per yardstick of the verb `bench`: what it measures, and beside what."""
