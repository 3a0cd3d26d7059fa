package room

import (
	"bytes"
	"errors"
	"testing"

	"tellijn/privacy/room/message"
)

func someDoors(t testing.TB) []*Door {
	p := posts(2)[1]
	fresh, full, lostOne := &Door{}, &Door{}, &Door{}
	fresh.Bind(p)
	full.Bind(p)
	lostOne.Bind(p)
	for i := range MaxKept + 3 {
		full.silent = 0
		if i == 3 {
			full.take(receipt(p, 3, 77))
		}
		full.Close(int64(i), uint32(i), 2, func() (a, b, c uint32) { return 1<<32 - 1, 5, 6 })
	}
	if full.Kept() != MaxKept || full.booked != 3 {
		t.Fatal(full.Numbers())
	}
	full.refused = Refused{1, 2, 3, 4, 5, 6}
	lostOne.take(receipt(p, 9, 9))
	return []*Door{{}, fresh, full, lostOne}
}

func someHeads() []*Head {
	p := posts(MaxDoors)[0]
	fresh, full := bound(p), bound(p)
	for i := range MaxDoors - 1 {
		for n := range uint32(MaxKept) {
			t := given(p, i+1, n+1, 900*int64(n), n+1, uint32(i))
			t.Level = fold(int64(i) - 5)
			full.take(t)
		}
	}
	full.Receipts(p, 1_800_000_000)
	full.refused = Refused{6, 5, 4, 3, 2, 1}
	return []*Head{{}, fresh, full}
}

func TestStateOfDoor(t *testing.T) {
	for i, d := range someDoors(t) {
		b := must[[]byte](t)(d.MarshalBinary())
		want := *d
		want.sent, want.next, want.wait, want.news = 0, 0, 0, false
		got := Door{made: 7}
		if err := got.UnmarshalBinary(b); err != nil || got != want || len(b) > MaxState {
			t.Errorf("%d: %d bytes, %v", i, len(b), err)
		}
	}
}

func TestStateOfHead(t *testing.T) {
	p := posts(MaxDoors)[0]
	for i, h := range someHeads() {
		h.take(given(p, 1, MaxKept+2, 0, 1, 1)) // early: it is not in the state
		b := must[[]byte](t)(h.MarshalBinary())
		want := *h
		for j := range want.peers {
			want.peers[j].early = [MaxEarly]message.Tally{}
		}
		got := Head{at: 7}
		if err := got.UnmarshalBinary(b); err != nil || got != want || len(b) > MaxState {
			t.Errorf("%d: %d bytes, %v", i, len(b), err)
		}
		if i == 2 && len(b) != headSize+(MaxDoors-1)*peerSize+MaxKept*tallySize {
			t.Errorf("the fullest has %d bytes", len(b))
		}
	}
}

// No state that cannot be is taken, and what was there stays.
func TestStateRefused(t *testing.T) {
	door := must[[]byte](t)(someDoors(t)[2].MarshalBinary())
	head := must[[]byte](t)(someHeads()[2].MarshalBinary())
	none := must[[]byte](t)(someDoors(t)[0].MarshalBinary())
	for name, change := range map[string]func(b []byte) []byte{
		"empty":                  func(b []byte) []byte { return nil },
		"short":                  func(b []byte) []byte { return b[:len(b)-1] },
		"long":                   func(b []byte) []byte { return append(b, 0) },
		"version":                func(b []byte) []byte { b[0]++; return b },
		"half a head of it":      func(b []byte) []byte { return b[:20] },
		"booked after made":      func(b []byte) []byte { b[17] = 0; b[21] = 255; return b },
		"receipt before time":    func(b []byte) []byte { b[25] = 255; return b },
		"receipt after all time": func(b []byte) []byte { b[25] = 1; return b },
		"patience":               func(b []byte) []byte { b[33] = Patience + 1; return b },
		"joined by half":         func(b []byte) []byte { b[34] = 2; return b },
		"lost otherwise":         func(b []byte) []byte { b[35] = 3; return b },
		"65 tallies":             func(b []byte) []byte { b[20]++; return append(b, b[doorSize:][:tallySize]...) },
		"no room":                func(b []byte) []byte { clear(b[1:17]); return b },
		"a tally before time":    func(b []byte) []byte { b[doorSize] = 255; return b },
	} {
		d := Door{made: 3}
		if err := d.UnmarshalBinary(change(bytes.Clone(door))); !errors.Is(err, ErrDamaged) || d != (Door{made: 3}) {
			t.Errorf("door, %s: %v", name, err)
		}
	}
	for name, at := range map[string]int{"joined": 34, "lost": 35} {
		b := bytes.Clone(none)
		b[at] = 1
		if err := new(Door).UnmarshalBinary(b); !errors.Is(err, ErrDamaged) {
			t.Errorf("a door without a room that is %s: %v", name, err)
		}
	}
	sums := headSize + (MaxDoors-1)*peerSize
	for name, change := range map[string]func(b []byte) []byte{
		"empty":               func(b []byte) []byte { return nil },
		"short":               func(b []byte) []byte { return b[:len(b)-1] },
		"long":                func(b []byte) []byte { return append(b, 0) },
		"version":             func(b []byte) []byte { b[0]++; return b },
		"receipts after time": func(b []byte) []byte { b[1] = 1; return b },
		"a door more":         func(b []byte) []byte { b[headSize-2]++; return b },
		"17 doors": func(b []byte) []byte {
			b[headSize-2], b[headSize-1] = 16, 63
			return b[:headSize+16*peerSize+63*tallySize]
		},
		"65 intervals":        func(b []byte) []byte { b[headSize-1]++; return append(b, b[len(b)-tallySize:]...) },
		"a door twice":        func(b []byte) []byte { copy(b[headSize:], b[headSize+peerSize:][:16]); return b },
		"a door unset":        func(b []byte) []byte { clear(b[headSize:][:16]); return b },
		"a tally before time": func(b []byte) []byte { b[headSize+20] = 255; return b },
		"a sum before time":   func(b []byte) []byte { b[sums] = 255; return b },
		"a sum of nothing":    func(b []byte) []byte { clear(b[sums+tallySize+8:][:20]); return b },
		"a sum too large":     func(b []byte) []byte { b[sums+8] = 255; return b },
		"an interval twice":   func(b []byte) []byte { copy(b[sums:], b[sums+tallySize:][:8]); return b },
	} {
		h := Head{at: 3}
		if err := h.UnmarshalBinary(change(bytes.Clone(head))); !errors.Is(err, ErrDamaged) || h != (Head{at: 3}) {
			t.Errorf("head, %s: %v", name, err)
		}
	}
}

// A state that is taken is written again with the same bytes.
func FuzzState(f *testing.F) {
	for _, d := range someDoors(f) {
		b, _ := d.MarshalBinary()
		f.Add(b)
	}
	for _, h := range someHeads() {
		b, _ := h.MarshalBinary()
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var d Door
		if err := d.UnmarshalBinary(b); err == nil {
			if again, _ := d.MarshalBinary(); !bytes.Equal(again, b) {
				t.Error("door: not the same bytes")
			}
			d.Close(1, 1, 1, nothing)
		} else if !errors.Is(err, ErrDamaged) {
			t.Error(err)
		}
		var h Head
		if err := h.UnmarshalBinary(b); err == nil {
			if again, _ := h.MarshalBinary(); !bytes.Equal(again, b) {
				t.Error("head: not the same bytes")
			}
			h.Take(1, 1, quarter)
		} else if !errors.Is(err, ErrDamaged) {
			t.Error(err)
		}
	})
}

func TestFold(t *testing.T) {
	for n, want := range map[int64]uint32{0: 0, -1: 1, 1: 2, -2: 3, 65535: 131070, 1<<31 - 1: 1<<32 - 2, -1 << 31: 1<<32 - 1,
		1 << 40: 1<<32 - 2, -1 << 40: 1<<32 - 1} {
		if got := fold(n); got != want {
			t.Errorf("%d: %d, want %d", n, got, want)
		}
		if inside := min(max(n, -1<<31), 1<<31-1); unfold(fold(n)) != inside {
			t.Errorf("%d comes back as %d", n, unfold(fold(n)))
		}
	}
}
