package room

import (
	"errors"
	"testing"
	"time"

	"tellijn/privacy/room/message"
)

func nothing() (in, out, level uint32) { return 0, 0, 0 }

// joined gives a door that closed n intervals and has heard nothing yet, with patience for more.
func joined(t *testing.T, p *Post, n int) *Door {
	t.Helper()
	d := &Door{}
	d.Bind(p)
	for i := range n {
		d.silent = 0
		if !d.Close(int64(900*i), uint32(i)+1, 1, nothing) {
			t.Fatalf("interval %d is not for the head", i)
		}
	}
	d.silent = 0
	return d
}

func receipt(p *Post, n uint32, at int64) message.Receipt {
	return message.Receipt{Bond: p.members.bond(p.self), N: n, At: at}
}

// A door without news is alone after two intervals, comes back with news, and hands over once.
func TestPatience(t *testing.T) {
	p := posts(2)[1]
	d := &Door{}
	if d.Close(0, 1, 1, nothing) {
		t.Error("a door without a room has a head")
	}
	d.Bind(p)
	handed := 0
	surrender := func() (in, out, level uint32) { handed++; return 7, 8, 9 }
	for i, want := range []struct {
		receipt uint32 // before the interval
		toHead  bool
		handed  int
		kept    int
	}{
		{0, true, 1, 1}, {0, true, 1, 2}, {0, false, 1, 2}, {0, false, 1, 2}, {1, true, 2, 2}, {0, true, 2, 3},
		{0, false, 2, 3}, {4, true, 3, 1}, {5, true, 3, 1}, {6, true, 3, 1},
	} {
		if want.receipt > 0 {
			if news, err := d.take(receipt(p, want.receipt, int64(100+i))); !news || err != nil {
				t.Fatalf("%d: %v, %v", i, news, err)
			}
		}
		toHead := d.Close(int64(i), uint32(i), 0, surrender)
		if toHead != want.toHead || handed != want.handed || d.Kept() != want.kept {
			t.Fatalf("%d: to the head %v, handed over %d times, %d kept; want %+v", i, toHead, handed, d.Kept(), want)
		}
	}
	if k := d.kept[0]; k.forward != 9 || k.in != 0 {
		t.Errorf("%+v", k)
	}
	if made, booked := d.Numbers(); made != 7 || booked != 6 {
		t.Errorf("made %d, booked %d", made, booked)
	}
}

// Receipts that come so slowly that more and more is kept do not push anything out.
func TestFullDoorIsAlone(t *testing.T) {
	p := posts(2)[1]
	d := joined(t, p, MaxKept)
	if !d.Alone() || d.Close(1, 5, 5, nothing) || d.Kept() != MaxKept {
		t.Errorf("alone %v, %d kept", d.Alone(), d.Kept())
	}
	if news, err := d.take(receipt(p, 1, 1)); !news || err != nil {
		t.Fatal(err)
	}
	handed := false
	if !d.Close(2, 6, 6, func() (a, b, c uint32) { handed = true; return }) || !handed || d.kept[0].forward != 2 || d.kept[MaxKept-1].forward != 6 {
		t.Errorf("handed %v, first %+v", handed, d.kept[0])
	}
	for name, d := range map[string]*Door{"numbers": {bond: d.bond, made: 1<<32 - 1, booked: 1<<32 - 1}} {
		if d.Close(1, 1, 1, nothing) {
			t.Errorf("%s: not alone", name)
		}
	}
	for _, tc := range []struct {
		from              int64
		forward, backward uint32
		want              bool
	}{{1, message.MaxCount, message.MaxCount, true}, {1, message.MaxCount + 1, 0, false}, {1, 0, message.MaxCount + 1, false},
		{-1, 1, 1, false}, {message.MaxTime, 1, 1, true}, {message.MaxTime + 1, 1, 1, false}} {
		if d := joined(t, p, 1); d.Close(tc.from, tc.forward, tc.backward, nothing) != tc.want {
			t.Errorf("%+v", tc)
		}
	}
}

// Number and time of receipts, against what the door knows: made 5, booked 3 at 100.
func TestReceipts(t *testing.T) {
	p := posts(2)[1]
	for _, tc := range []struct {
		name   string
		n      uint32
		at     int64
		booked uint32
		want   error
		lost   lost
	}{
		{"new", 4, 101, 4, nil, nobody},
		{"all", 5, 101, 5, nil, nobody},
		{"new, by a clock that was set back", 4, 50, 4, nil, nobody},
		{"the same again", 3, 100, 3, ErrOld, nobody},
		{"nothing new", 3, 101, 3, nil, nobody},
		{"older, replayed", 2, 99, 3, ErrOld, nobody},
		{"older, of the same moment", 2, 100, 3, ErrOld, nobody},
		{"a head with an older memory", 2, 101, 3, ErrLost, head},
		{"a head that begins anew", 0, 101, 3, ErrLost, head},
		{"more than was made", 6, 101, 3, ErrLost, door},
		{"the highest number", 1<<32 - 1, 101, 3, ErrLost, door},
	} {
		d := joined(t, p, 5)
		d.take(receipt(p, 3, 100))
		news, err := d.take(receipt(p, tc.n, tc.at))
		if !errors.Is(err, tc.want) || news != (tc.booked > 3) || d.booked != tc.booked || d.lost != tc.lost || d.Alone() != d.Lost() {
			t.Errorf("%s: %v, %v, booked %d, lost %d", tc.name, news, err, d.booked, d.lost)
		}
		if d.Kept() > 0 && d.kept[0].forward != d.booked+1 {
			t.Errorf("%s: first kept %+v", tc.name, d.kept[0])
		}
		for _, k := range d.kept[d.Kept():] {
			if k != (tally{}) {
				t.Errorf("%s: %+v is still there", tc.name, k)
			}
		}
		// Later, an honest receipt for more: the head came to itself; a door that lost its numbers cannot.
		news, err = d.take(receipt(p, 5, 200))
		if wantNews := tc.lost != door && tc.n != 5; news != wantNews || d.Lost() != (tc.lost == door) {
			t.Errorf("%s: afterwards %v, %v, lost %d", tc.name, news, err, d.lost)
		}
	}
	// A receipt that is newer by its number alone does not make older ones look new.
	d := joined(t, p, 5)
	for _, r := range [][2]int64{{3, 100}, {4, 50}, {2, 99}} {
		d.take(receipt(p, uint32(r[0]), r[1]))
	}
	if d.Lost() || d.booked != 4 || d.Refused() != (Refused{}) {
		t.Errorf("lost %v, booked %d", d.Lost(), d.booked)
	}
	d = joined(t, p, 1)
	if _, err := d.take(message.Receipt{N: 1}); !errors.Is(err, ErrMisrouted) || d.booked != 0 {
		t.Errorf("another bond: %v", err)
	}
}

// What is kept is sent at once, again after one interval, two, four, and at last each day; in bursts.
func TestSending(t *testing.T) {
	p := posts(2)[1]
	d := joined(t, p, 1)
	var at []time.Duration
	for uptime := time.Duration(0); uptime < 80*time.Hour; uptime += quarter {
		b := must[[][]byte](t)(d.Send(p, uptime, quarter))
		if len(b) > 0 {
			at = append(at, uptime/quarter)
		}
	}
	want := []time.Duration{0, 1, 3, 7, 15, 31, 63, 127, 127 + 96, 127 + 2*96}
	if len(at) != len(want) {
		t.Fatalf("sent at %d, want %d", at, want)
	}
	for i := range at {
		if at[i] != want[i] {
			t.Fatalf("sent at %d, want %d", at, want)
		}
	}
	// A new one goes at once, alone; a boot and news begin anew.
	d.Close(1, 1, 1, nothing)
	if b := must[[][]byte](t)(d.Send(p, 80*time.Hour, quarter)); len(b) != 1 {
		t.Errorf("%d sent for one new", len(b))
	}
	state := must[[]byte](t)(d.MarshalBinary())
	var booted Door
	if err := booted.UnmarshalBinary(state); err != nil {
		t.Fatal(err)
	}
	if b := must[[][]byte](t)(booted.Send(p, 0, quarter)); len(b) != 2 {
		t.Errorf("%d sent after a boot, want 2", len(b))
	}
	d.take(receipt(p, 1, 1))
	if b := must[[][]byte](t)(d.Send(p, 80*time.Hour, quarter)); len(b) != 1 {
		t.Errorf("%d sent after news", len(b))
	}
	d = joined(t, p, 20)
	var n []int
	for range 4 {
		n = append(n, len(must[[][]byte](t)(d.Send(p, time.Minute, quarter))))
	}
	if n[0] != Burst || n[1] != Burst || n[2] != 4 || n[3] != 0 {
		t.Errorf("bursts %d", n)
	}
}
