package medium

// OpenSecond opens a card as Open does where the driver cannot read past the cache by itself.
func OpenSecond(path string) (*Medium, error) { return open(path, false) }
