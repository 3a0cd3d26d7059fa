//go:build !linux

package memory

// Scratch stands in where there is no Linux: a block on the Go heap, which has none of the protections
// and says so.
func Scratch(size int) (*Block, error) { return heap(size) }

// Secret stands in where there is no Linux; see Scratch.
func Secret(size int) (*Block, error) { return heap(size) }

func heap(size int) (*Block, error) {
	if err := check(size); err != nil {
		return nil, err
	}
	const why = "all: it lies on the Go heap; only Linux has blocks outside it"
	return &Block{pages: make([]byte, size), size: size, facts: Facts{Why: why},
		free: func([]byte) error { return nil }}, nil
}
