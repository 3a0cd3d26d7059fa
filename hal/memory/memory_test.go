package memory

import (
	"errors"
	"fmt"
	"slices"
	"testing"
)

// kinds are the two ways to a block.
var kinds = []struct {
	name string
	get  func(int) (*Block, error)
}{{"scratch", Scratch}, {"secret", Secret}}

func blank(b []byte) bool { return !slices.ContainsFunc(b, func(v byte) bool { return v != 0 }) }

func TestBlock(t *testing.T) {
	for _, k := range kinds {
		for _, size := range []int{1, 4095, 4096, 4097, 300_000} {
			b, err := k.get(size)
			if err != nil {
				t.Fatal(k.name, size, err)
			}
			bytes := b.Bytes()
			if len(bytes) != size || cap(bytes) != size || !blank(bytes) {
				t.Errorf("%s of %d bytes: %d with room for %d, zero %v", k.name, size, len(bytes), cap(bytes), blank(bytes))
			}
			bytes[0], bytes[size-1] = 1, 2
			if again := b.Bytes(); &again[0] != &bytes[0] || again[size-1] == 0 {
				t.Errorf("%s of %d bytes: another block at the second call", k.name, size)
			}
			for range 2 {
				if err := b.Close(); err != nil || b.Bytes() != nil {
					t.Errorf("%s of %d bytes: Close: %v, %d bytes left", k.name, size, err, len(b.Bytes()))
				}
			}
		}
	}
}

func TestSizeIsBounded(t *testing.T) {
	for _, k := range kinds {
		for _, size := range []int{-1, 0, MaxSize + 1} {
			if b, err := k.get(size); !errors.Is(err, ErrSize) || b != nil {
				t.Errorf("%s of %d bytes: %v", k.name, size, err)
			}
		}
	}
}

// Close wipes whole pages before it gives them back, and an error of the system changes nothing in that.
func TestCloseWipesFirst(t *testing.T) {
	for _, k := range kinds {
		for _, fault := range []error{nil, errors.New("no")} {
			b, err := k.get(100)
			if err != nil {
				t.Fatal(err)
			}
			pages, free, freed := b.pages, b.free, 0
			for i := range pages {
				pages[i] = 0xA5
			}
			b.free = func(got []byte) error {
				freed++
				if &got[0] != &pages[0] || len(got) != len(pages) || !blank(got) {
					t.Errorf("%s: %d of %d bytes go back, wiped %v", k.name, len(got), len(pages), blank(got))
				}
				if err := free(got); err != nil {
					t.Error(err)
				}
				return fault
			}
			if err := b.Close(); !errors.Is(err, fault) || freed != 1 || b.Bytes() != nil {
				t.Errorf("%s: Close: %v, want %v; given back %d times", k.name, err, fault, freed)
			}
		}
	}
}

// What is absent is said, and what is there is not: the facts and their reasons add up.
func TestFactsHaveReasons(t *testing.T) {
	for _, k := range kinds {
		b, err := k.get(1)
		if err != nil {
			t.Fatal(err)
		}
		f := b.Facts()
		t.Logf("%s: %+v", k.name, f)
		all := f.Locked && f.OutOfCore && f.WipedOnFork && (f.Secret || k.name == "scratch")
		if all != (f.Why == "") {
			t.Errorf("%s: %+v", k.name, f)
		}
		b.Close()
	}
}

func ExampleScratch() {
	b, err := Scratch(614_400)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(b.Bytes()))
	fmt.Println(b.Close())
	// Output:
	// 614400
	// <nil>
}
