package track

import (
	"math/bits"
	"testing"
	"time"

	"tellijn/counting"
)

const (
	width, height = 160, 120
	side          = 5 // of a person, cells
)

// follower is a table and what it is shown.
type follower struct {
	Table
	scratch Scratch
	mask    counting.Bits
	holding bool
}

func newFollower() *follower {
	f := new(follower)
	f.Set(width, height, side*256, 40*time.Millisecond, Defaults())
	return f
}

// person puts somebody into the next cycle, at the cell of the upper left corner.
func (f *follower) person(x, y int) {
	for yy := max(0, y); yy < min(height, y+side); yy++ {
		for xx := max(0, x); xx < min(width, x+side); xx++ {
			f.mask[yy*counting.Words+xx>>6] |= 1 << (xx & 63)
		}
	}
}

// step runs one cycle, in which nothing is shadow, and clears what was shown.
func (f *follower) step() {
	f.scratch = Scratch{}
	f.Table.Step(&Seen{&f.mask, &counting.Bits{}, &counting.Bits{}, 1, f.holding}, &f.scratch)
	f.mask = counting.Bits{}
}

func (f *follower) count() int { return bits.OnesCount64(f.Live) }

// One person is one track from the first cycle to the last, and it is where the person is.
func TestOnePersonIsOneTrack(t *testing.T) {
	f := newFollower()
	for i := range 100 {
		f.person(20+i, 10+i/2)
		f.step()
		k := &f.Tracks[0]
		if f.Live != 1 || (f.Born == 1) != (i == 0) || f.Ended != 0 || k.Hits != uint32(i+1) {
			t.Fatalf("cycle %d: live %b, born %b, ended %b, %d hits", i, f.Live, f.Born, f.Ended, k.Hits)
		}
		dx, dy := k.X-int32(20+i)<<8-side*128, k.Y-int32(10+i/2)<<8-side*128
		if max(dx, -dx) > 64 || max(dy, -dy) > 64 {
			t.Fatalf("cycle %d: track at %d, %d, which is %d, %d/256 cells off", i, k.X, k.Y, dx, dy)
		}
	}
	if k := &f.Tracks[0]; k.VX < 240 || k.VX > 272 || k.VY < 100 || k.VY > 156 {
		t.Errorf("velocity %d, %d, want 256, 128", k.VX, k.VY)
	}
}

// Whoever is hidden for a moment is the same person afterwards; whoever is gone ends once.
func TestCoastAndEnd(t *testing.T) {
	f := newFollower()
	for i := range 40 {
		if i < 20 || i >= 25 {
			f.person(20+i, 50)
		}
		if f.step(); f.Live != 1 || f.Ended != 0 {
			t.Fatalf("cycle %d: live %b, ended %b", i, f.Live, f.Ended)
		}
	}
	ended := 0
	for range 40 {
		f.step()
		ended += bits.OnesCount64(f.Ended)
	}
	if f.Live != 0 || ended != 1 {
		t.Errorf("live %b, ended %d times, want none and once", f.Live, ended)
	}
}

// A spot that is there for two cycles ends before it is sure.
func TestSpotIsNobody(t *testing.T) {
	f := newFollower()
	for i := range 20 {
		if i < Sure-1 {
			f.person(30, 30)
		}
		f.step()
		if f.Live != 0 && f.Tracks[0].Hits >= Sure {
			t.Fatalf("cycle %d: a spot has %d hits", i, f.Tracks[0].Hits)
		}
	}
	if f.Live != 0 {
		t.Error("the spot is still followed")
	}
}

// Two who pass each other side by side stay two, each with the own way.
func TestPassing(t *testing.T) {
	f := newFollower()
	for i := range 60 {
		f.person(70, 20+i)
		f.person(70+side+1, 80-i)
		f.step()
	}
	if f.count() != 2 || f.Tracks[0].VY*f.Tracks[1].VY >= 0 {
		t.Errorf("%d tracks with velocities %d and %d, want 2 opposite ones", f.count(), f.Tracks[0].VY, f.Tracks[1].VY)
	}
}

// More people than places: the rest is refused and counted, and nobody who has a place loses it.
func TestFullTable(t *testing.T) {
	f := newFollower()
	refused := uint32(0)
	for range 40 {
		for y := 2; y+side < height; y += 2 * side {
			for x := 2; x+side < width; x += 2 * side {
				f.person(x, y)
			}
		}
		f.step()
		refused += f.Full
	}
	if f.count() != counting.MaxTracks || refused == 0 {
		t.Errorf("%d tracks, %d refused, want %d and some", f.count(), refused, counting.MaxTracks)
	}
	for i := range f.Tracks {
		if f.Tracks[i].Hits < Sure || f.Tracks[i].Miss > 0 {
			t.Errorf("track %d of somebody who stands: %d hits, %d misses", i, f.Tracks[i].Hits, f.Tracks[i].Miss)
		}
	}
}

// A mask that is all set, or anything else, is no reason to fall over.
func FuzzStep(f *testing.F) {
	f.Add([]byte{0xFF}, uint8(1))
	f.Add([]byte{0, 0xFF, 0x0F, 0, 0x3C}, uint8(8))
	f.Fuzz(func(t *testing.T, pattern []byte, elapsed uint8) {
		if len(pattern) == 0 {
			return
		}
		table := newFollower()
		for cycle := range 30 {
			for i := range table.mask {
				for k := range 8 {
					table.mask[i] |= uint64(pattern[(i*8+k+cycle*i)%len(pattern)]) << (8 * k)
				}
				if i%counting.Words == counting.Words-1 {
					table.mask[i] &= 1<<(width%64) - 1 // no column lies beyond the grid
				}
			}
			table.scratch = Scratch{}
			table.Table.Step(&Seen{&table.mask, &counting.Bits{}, &counting.Bits{}, uint32(elapsed%8) + 1, false}, &table.scratch)
			table.mask = counting.Bits{}
		}
	})
}
