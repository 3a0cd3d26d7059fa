package devicelog

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tellijn/privacy/sign"
)

// TestVerifyFinds does to a log of eight entries everything that somebody could who has no key, and some
// that only who has it could, and wants the one fault that it is, at its place.
func TestVerifyFinds(t *testing.T) {
	log, c := written(t, 8)
	p := c.Key.Public()
	bent := func(i, at int) []byte {
		b := slices.Clone(log[i])
		b[at] ^= 1
		return b
	}
	with := func(i int, b []byte) [][]byte {
		out := slices.Clone(log)
		out[i] = b
		return out
	}
	// fork is what a device writes whose state was put back to entry 3.
	three, back := written(t, 3)
	other, _, err := back.Append(Event{Kind: Shutdown}, Moment{At: 1_795_339_999, Clock: 2})
	if err != nil || len(three) != 3 {
		t.Fatal(err)
	}
	foreign := c
	foreign.Device = "south-door"
	foreign.State = State{2, HashOf(log[1])}
	elsewhere, _, _ := foreign.Append(Event{Kind: Shutdown}, Moment{At: 1_795_339_999})
	forger := c
	forger.Key, forger.State = sign.NewKey([32]byte{9}), State{2, HashOf(log[1])}
	forged, _, _ := forger.Append(Event{Kind: Shutdown}, Moment{At: 1_795_339_999})
	asRecord, _ := c.Key.Sign(sign.Record, []byte("a record"))
	at := func(n int) State { return State{uint32(n), HashOf(log[n-1])} }

	for _, tc := range []struct {
		what string
		log  [][]byte
		from uint32
		seen []State
		want string
	}{
		{"nothing", log, 1, []State{at(8)}, ""},
		{"nothing, seen on the way", log, 1, []State{{}, at(2), at(5), at(8), at(8)}, ""},
		{"a part", log[3:], 4, []State{at(3), at(8)}, ""},
		{"a part from the middle", log[3:6], 4, []State{at(1), at(5)}, ""},
		{"an empty log", nil, 1, []State{{}}, ""},
		{"one removed", slices.Delete(slices.Clone(log), 3, 4), 1, nil, "3 at 3 no 4"},
		{"three removed", slices.Delete(slices.Clone(log), 3, 6), 1, []State{at(8)}, "3 at 3 no 4"},
		{"first removed", log[1:], 1, nil, "3 at 0 no 1"},
		{"last removed", log[:7], 1, []State{at(8)}, "7 at 7 no 8"},
		{"last three removed", log[:5], 1, []State{at(3), at(8)}, "7 at 5 no 6"},
		{"last removed, unseen", log[:7], 1, []State{at(7)}, ""},
		{"all removed", nil, 1, []State{at(8)}, "7 at 0 no 1"},
		{"two exchanged", with2(log, 3, 4), 1, []State{at(8)}, "4 at 4 no 4"},
		{"first put last", append(slices.Clone(log[1:]), log[0]), 1, []State{at(8)}, "4 at 7 no 1"},
		{"last put first", append([][]byte{log[7]}, log[:7]...), 1, nil, "4 at 1 no 1, 4 at 2 no 2, 4 at 3 no 3, 4 at 4 no 4, 4 at 5 no 5, 4 at 6 no 6, 4 at 7 no 7"},
		{"twice", slices.Insert(slices.Clone(log), 4, log[3]), 1, []State{at(8)}, "5 at 4 no 4"},
		{"twice, later", append(slices.Clone(log), log[2]), 1, nil, "5 at 8 no 3"},
		{"edited payload", with(4, bent(4, 60)), 1, []State{at(8)}, "1 at 4 no 0"},
		{"edited signature", with(4, bent(4, len(log[4])-1)), 1, []State{at(8)}, "1 at 4 no 0"},
		{"edited last", with(7, bent(7, 80)), 1, []State{at(8)}, "1 at 7 no 0"},
		{"edited last, and one behind", append(with(7, bent(7, 80)), forged), 1, []State{at(8)}, "1 at 7 no 0, 1 at 8 no 0"},
		{"cut short", with(2, log[2][:100]), 1, nil, "1 at 2 no 0"},
		{"forged in its place", with(2, forged), 1, nil, "1 at 2 no 0"},
		{"forged between", slices.Insert(slices.Clone(log), 2, forged), 1, []State{at(8)}, "1 at 2 no 0"},
		{"a record between", slices.Insert(slices.Clone(log), 2, asRecord), 1, []State{at(8)}, "1 at 2 no 0"},
		{"forged behind", append(slices.Clone(log), forged), 1, []State{at(8)}, "1 at 8 no 0"},
		{"edited, and the next removed", slices.Delete(with(3, bent(3, 60)), 4, 5), 1, nil, "1 at 3 no 0, 3 at 4 no 5"},
		{"of another device", with(2, elsewhere), 1, []State{at(8)}, "2 at 2 no 3"},
		{"state put back", slices.Insert(slices.Clone(log), 4, other), 1, []State{at(8)}, "6 at 4 no 4"},
		{"written anew from 4", append(slices.Clone(log[:3]), other), 1, []State{at(4)}, "8 at 3 no 4"},
		{"other end", with(3, other), 1, nil, "6 at 4 no 5"},
		{"other beginning of a part", log[3:], 4, []State{{3, Hash{1}}}, "6 at 0 no 4"},
		{"two stories", log, 1, []State{at(8), {8, Hash{1}}}, "8 at 0 no 8, 8 at 7 no 8"},
	} {
		var got []string
		for _, f := range Verify(tc.log, p, c.Device, tc.from, tc.seen...) {
			got = append(got, fmt.Sprintf("%d at %d no %d", f.What, f.Index, f.Number))
			if text := f.String(); len(f.Text) < 20 || !strings.HasPrefix(text, fmt.Sprintf("log entry %d here: ", f.Index+1)) {
				t.Errorf("%s: %q", tc.what, text)
			}
		}
		if have := strings.Join(got, ", "); have != tc.want {
			t.Errorf("%s: got %q, want %q", tc.what, have, tc.want)
		}
	}
	if faults := Verify(log, sign.NewKey([32]byte{9}).Public(), c.Device, 1); len(faults) != 8 {
		t.Errorf("with the key of another: %v", faults)
	}
	if faults := Verify(log, p, c.Device, 1, State{1<<32 - 1, Hash{1}}); len(faults) != 1 || faults[0].What != Truncated {
		t.Errorf("with the largest number seen: %v", faults)
	}
	if faults := Verify(log, p, c.Device, 0, at(8)); len(faults) != 0 {
		t.Errorf("from 0, which is no number: %v", faults)
	}
}

func with2(log [][]byte, i, j int) [][]byte {
	out := slices.Clone(log)
	out[i], out[j] = out[j], out[i]
	return out
}

// TestAnyTampering takes entries away, doubles them, moves them, turns bits over, as chance has it, and
// wants a fault whenever the log is not the same any more.
func TestAnyTampering(t *testing.T) {
	log, c := written(t, 12)
	rapid.Check(t, func(t *rapid.T) {
		out := slices.Clone(log)
		for range rapid.IntRange(0, 3).Draw(t, "times") {
			if len(out) == 0 {
				break
			}
			i, j := rapid.IntRange(0, len(out)-1).Draw(t, "i"), rapid.IntRange(0, len(out)-1).Draw(t, "j")
			switch rapid.SampledFrom([]string{"remove", "double", "move", "bend", "cut"}).Draw(t, "what") {
			case "remove":
				out = slices.Delete(out, i, i+1)
			case "double":
				out = slices.Insert(out, j, out[i])
			case "move":
				out[i], out[j] = out[j], out[i]
			case "bend":
				b := slices.Clone(out[i])
				b[rapid.IntRange(0, len(b)-1).Draw(t, "at")] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
				out[i] = b
			case "cut":
				out = out[:i]
			}
		}
		same := slices.EqualFunc(out, log, slices.Equal[[]byte])
		if faults := Verify(out, c.Key.Public(), c.Device, 1, c.State); (len(faults) == 0) != same {
			t.Fatalf("the same: %v, faults %v", same, faults)
		}
	})
}
