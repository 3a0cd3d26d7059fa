package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tellijn/privacy/devicelog"
	"tellijn/privacy/record"
	"tellijn/privacy/sign"
)

func key() sign.Key { return sign.NewKey([32]byte{7}) }

// world is what a device has made: three boots of four records, and a log of six entries that the records
// have seen grow.
type world struct {
	key     sign.Key
	device  string
	records [][]byte
	log     [][]byte
	chain   devicelog.Chain
	last    record.Record
	changed func(*record.Record) // of each record, before it is signed
}

func made(t *testing.T, change func(*record.Record)) *world {
	t.Helper()
	w := &world{key: key(), device: "north-door", changed: change}
	w.chain = devicelog.Chain{Key: w.key, Device: w.device, Boot: [16]byte{1}}
	for b := range 3 {
		w.boot(t, byte(b+1))
	}
	return w
}

func (w *world) boot(t *testing.T, id byte) {
	t.Helper()
	w.chain.Boot = [16]byte{id}
	for sequence := range uint32(4) {
		if sequence%2 == 0 {
			kind := devicelog.Event{Kind: devicelog.Boot, Digest: [32]byte{1}}
			if sequence > 0 {
				kind = devicelog.Event{Kind: devicelog.EyeStarted, A: 5}
			}
			b, next, err := w.chain.Append(kind, devicelog.Moment{At: 1_795_330_800, Clock: 2})
			if err != nil {
				t.Fatal(err)
			}
			w.log, w.chain = append(w.log, b), next
		}
		w.add(t, id, sequence)
	}
}

// add appends a record that follows the newest.
func (w *world) add(t *testing.T, id byte, sequence uint32) {
	t.Helper()
	at := int64(1_795_330_800 + 900*len(w.records))
	r := record.Record{
		Version: record.Version, Device: w.device, Boot: [16]byte{id}, Sequence: sequence, From: at, To: at + 900, Interval: 900,
		Lines: []record.Line{{Forward: 6, CorrectedBackward: 2, TotalForward: w.total() + 6}}, Zones: []uint16{}, Coverage: 100,
		Lifetime: record.Lifetime{Worst: 5, P999: 5}, Camera: record.Camera{Kind: "camera", Driver: "v4l2", Width: 640, Height: 480, Pixel: "YUYV"},
		Firmware: [32]byte{1}, Rule: record.Rule{K: 3}, Clock: record.ClockKnown,
		Log: record.Log{Entries: w.chain.State.Number, Head: record.Hash(w.chain.State.Head)},
	}
	r.Lines[0].TotalBackward = w.total()/3 + 2
	if len(w.records) > 0 {
		r.Previous = record.HashOf(w.records[len(w.records)-1])
	}
	if w.changed != nil {
		w.changed(&r)
	}
	b, err := record.Seal(w.key, &r)
	if err != nil {
		t.Fatal(err)
	}
	w.records, w.last = append(w.records, b), r
}

func (w *world) total() uint32 {
	if len(w.last.Lines) == 0 {
		return 0
	}
	return w.last.Lines[0].TotalForward
}

func (w *world) all() []byte {
	return slices.Concat(slices.Concat(w.records...), slices.Concat(w.log...))
}

// verify writes the bytes to a file and runs the program on it.
func verify(t *testing.T, b []byte, flags ...string) (int, string) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "north-door.cbor")
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(flags, "-key") {
		flags = append([]string{"-key", key().Public().String()}, flags...)
	}
	var out, errs bytes.Buffer
	status := run(append(flags, name), &out, &errs)
	return status, strings.ReplaceAll(out.String()+errs.String(), filepath.Dir(name)+"/", "")
}

func TestGood(t *testing.T) {
	w := made(t, nil)
	status, said := verify(t, w.all(), "-whole", "-log")
	for _, want := range []string{"north-door, key ", "12 records, 6 log entries", "boot 01000000: records 0 to 3, from 2026-11-22 07:00:00 UTC to 2026-11-22 08:00:00 UTC",
		"the log ends with entry 6; records have seen it up to entry 6", "the device started, with warden 01", "Good: all of it"} {
		if !strings.Contains(said, want) {
			t.Errorf("no %q in\n%s", want, said)
		}
	}
	if status != allGood || strings.Contains(said, "WRONG") {
		t.Errorf("status %d\n%s", status, said)
	}
	// Boots in another order, a part, records alone, the log alone: all good, and said.
	for what, tc := range map[string]struct {
		b    []byte
		want string
	}{
		"other order":     {slices.Concat(append(w.log, append(w.records[4:], w.records[:4]...)...)...), "Good"},
		"a part":          {slices.Concat(append(w.records[2:9:9], w.log[3:]...)...), "not here: records 0 to 1 of its boot"},
		"from a new boot": {slices.Concat(w.records[4:]...), "not here: what it follows"},
		"no log":          {slices.Concat(w.records...), "the log is not here; records have seen 6 entries"},
		"only the log":    {slices.Concat(w.log[2:]...), "the log begins with entry 3"},
	} {
		if status, said := verify(t, tc.b); status != allGood || !strings.Contains(said, tc.want) {
			t.Errorf("%s: status %d\n%s", what, status, said)
		}
		if status, said := verify(t, tc.b, "-whole"); (status == allGood) != (what == "other order") {
			t.Errorf("%s, whole: status %d\n%s", what, status, said)
		}
	}
}

// TestTampered does everything to a file that somebody could who keeps it, and some that only the device
// itself could, and wants each found, and nothing else said to be wrong.
func TestTampered(t *testing.T) {
	w := made(t, nil)
	records := func(turn func([][]byte) [][]byte) []byte {
		return slices.Concat(slices.Concat(turn(slices.Clone(w.records))...), slices.Concat(w.log...))
	}
	log := func(turn func([][]byte) [][]byte) []byte {
		return slices.Concat(slices.Concat(w.records...), slices.Concat(turn(slices.Clone(w.log))...))
	}
	bend := func(i, at int) func([][]byte) [][]byte {
		return func(l [][]byte) [][]byte {
			l[i] = slices.Clone(l[i])
			l[i][at] ^= 1
			return l
		}
	}
	without := func(i, j int) func([][]byte) [][]byte {
		return func(l [][]byte) [][]byte { return slices.Delete(l, i, j) }
	}
	swap := func(i, j int) func([][]byte) [][]byte {
		return func(l [][]byte) [][]byte { l[i], l[j] = l[j], l[i]; return l }
	}
	plus := func(b []byte) func([][]byte) [][]byte {
		return func(l [][]byte) [][]byte { return append(l, b) }
	}
	anew := func(device string, k sign.Key, change func(*record.Record)) []byte {
		o := *w
		o.device, o.key, o.changed, o.records = device, k, change, slices.Clone(w.records)
		o.add(t, 3, 4)
		return o.records[len(o.records)-1]
	}
	other := sign.NewKey([32]byte{8})
	fork := anew("north-door", w.key, func(r *record.Record) { r.Sequence = 2; r.Boot = [16]byte{2} })
	receipt, _ := w.key.Sign(sign.Receipt, []byte("a receipt"))
	signedText, _ := w.key.Sign(sign.Record, []byte("no record"))

	for _, tc := range []struct {
		what  string
		b     []byte
		wrong int
		want  string
	}{
		{"a record changed", records(bend(5, 90)), 2, "a record that was changed, or that the device never signed"},
		{"a signature changed", records(bend(5, len(w.records[5])-3)), 2, "a record that was changed"},
		{"the form changed", records(bend(5, 0)), 2, "not in the form"},
		{"last record changed", records(bend(11, 90)), 1, "a record that was changed"},
		{"a record removed", records(without(5, 6)), 1, "records are missing between 0 and this one: 1"},
		{"two records removed", records(without(5, 7)), 1, "records are missing between 0 and this one: 2"},
		{"end of a boot removed", records(without(7, 8)), 1, "before it, records are missing: what it follows"},
		{"beginning of a boot removed", records(without(4, 5)), 1, "before it, records are missing: records 0 to 0 of its boot"},
		{"a boot removed", records(without(4, 8)), 1, "before it, records are missing: what it follows"},
		{"two records exchanged", records(swap(5, 6)), 1, "stands behind record 2"},
		{"a record twice", records(plus(w.records[2])), 1, "stands here a second time"},
		{"signed by another", records(plus(anew("north-door", other, nil))), 1, "of key " + other.Public().ID().String() + ", which was not given"},
		{"of another device", records(plus(anew("south-door", w.key, nil))), 1, `a record of device "south-door"`},
		{"a fork", records(plus(fork)), 1, "is signed, but so is another with its number"},
		{"does not follow", records(plus(anew("north-door", w.key, func(r *record.Record) { r.Previous = record.Hash{1} }))), 1, "does not follow record 3"},
		{"two firsts", records(plus(anew("north-door", w.key, func(r *record.Record) { r.Previous, r.Boot, r.Sequence = record.Hash{}, [16]byte{9}, 0 }))), 1, "says that it is the first of all"},
		{"a boot from the middle", records(plus(anew("north-door", w.key, func(r *record.Record) {
			r.Previous, r.Boot, r.Sequence = record.HashOf(w.records[9]), [16]byte{9}, 0
			r.Lines[0].TotalForward, r.Lines[0].TotalBackward, r.Log.Entries, r.Log.Head = 66, 22, 6, record.Hash(devicelog.HashOf(w.log[5]))
		}))), 1, "which goes on to record 3: two stories"},
		{"counts do not add up", records(plus(anew("north-door", w.key, func(r *record.Record) { r.Lines[0].Forward = 9 }))), 1, "do not add up"},
		{"the way back does not add up", records(plus(anew("north-door", w.key, func(r *record.Record) { r.Lines[0].TotalBackward++ }))), 1, "do not add up"},
		{"a boot beside another", records(plus(anew("north-door", w.key, func(r *record.Record) {
			r.Previous, r.Boot, r.Sequence = record.HashOf(w.records[7]), [16]byte{9}, 0
			r.Lines[0].TotalForward, r.Lines[0].TotalBackward = 54, 18
		}))), 1, "follows the same record as record 0 of boot 03000000"},
		{"a boot that does not begin", records(plus(anew("north-door", w.key, func(r *record.Record) { r.Boot, r.Sequence = [16]byte{9}, 5 }))), 1, "missing: records 0 to 4 of its boot"},
		{"another log", records(plus(anew("north-door", w.key, func(r *record.Record) { r.Log.Head[0] ^= 1 }))), 3, "the log went back from entry 6 to another entry 6"},
		{"the log went back", records(plus(anew("north-door", w.key, func(r *record.Record) { r.Log = record.Log{Entries: 2, Head: record.Hash(devicelog.HashOf(w.log[1]))} }))), 1, "the log went back"},
		{"a receipt among them", records(plus(receipt)), 1, "a receipt, where only records"},
		{"signed, but no record", records(plus(signedText)), 1, "a record that was changed"},
		{"an entry changed", log(bend(2, 70)), 1, "log, north-door.cbor, byte"},
		{"an entry removed", log(without(2, 3)), 1, "missing: 1"},
		{"end of the log removed", log(without(4, 6)), 1, "log, at the end: the log ends before entry 5, but a record has seen entry 6"},
		{"entries exchanged", log(swap(1, 2)), 1, "entry 2 stands behind entry 3"},
		{"an entry twice", log(plus(w.log[0])), 1, "entry 1 stands here again"},
		{"garbage behind", append(w.all(), 0xff), 1, "can not be read: 1 bytes"},
		{"cut in the middle", w.all()[:len(w.all())-10], 2, "can not be read"},
	} {
		status, said := verify(t, tc.b)
		if status != wrong || !strings.Contains(said, tc.want) || strings.Count(said, "WRONG: ") != tc.wrong {
			t.Errorf("%s: status %d, want %d wrong with %q\n%s", tc.what, status, tc.wrong, tc.want, said)
		}
	}
}

// TestEveryByte turns a bit over in every byte of a small file; none goes unseen.
func TestEveryByte(t *testing.T) {
	w := made(t, nil)
	b := slices.Concat(w.records[0], w.log[0])
	if status, said := verify(t, b); status != allGood {
		t.Fatalf("status %d\n%s", status, said)
	}
	for i := range b {
		bent := slices.Clone(b)
		bent[i] ^= 1 << (i % 8)
		if status, said := verify(t, bent); status == allGood {
			t.Errorf("byte %d: status %d\n%s", i, status, said)
		}
	}
}

func TestSimulated(t *testing.T) {
	w := made(t, func(r *record.Record) { r.Camera.Driver, r.Simulated = "sim", true })
	if status, said := verify(t, w.all()); status != wrong || !strings.Contains(said, "WRONG: SIMULATED, nobody real was counted: 12") {
		t.Errorf("status %d\n%s", status, said)
	}
	if status, said := verify(t, w.all(), "-simulated"); status != allGood || !strings.Contains(said, "SIMULATED, nobody real was counted: 12") {
		t.Errorf("status %d\n%s", status, said)
	}
}

func TestClocksAndDoors(t *testing.T) {
	w := made(t, func(r *record.Record) {
		r.Clock = uint8(r.Sequence % 3)
		r.Rule = record.Rule{K: 3, Mode: record.ModeAlone, Room: "hall", Doors: 2}
	})
	status, said := verify(t, w.all())
	want := "while nobody had told the time: 6; with the last known time: 3; by a door alone, its head away: 12"
	if status != allGood || !strings.Contains(said, want) || !strings.Contains(said, "(nobody had told the device the time)") {
		t.Errorf("status %d, no %q in\n%s", status, want, said)
	}
}

func TestCannotRead(t *testing.T) {
	w := made(t, nil)
	k := key().Public().String()
	for what, tc := range map[string]struct {
		b     []byte
		flags []string
	}{
		"empty":       {nil, nil},
		"text":        {[]byte("\xff hello"), nil},
		"no key":      {w.all(), []string{"-key", ""}},
		"zero key":    {w.all(), []string{"-key", strings.Repeat("0", 64)}},
		"wrong flag":  {w.all(), []string{"-key", k, "-fast"}},
		"lost file":   {w.all(), []string{"-key", k, filepath.Join(t.TempDir(), "none.cbor")}},
		"only folder": {w.all(), []string{"-key", k, t.TempDir()}},
	} {
		if status, said := verify(t, tc.b, tc.flags...); status != cannotSay {
			t.Errorf("%s: status %d\n%s", what, status, said)
		}
	}
	var out bytes.Buffer
	if status := run([]string{"-key", k}, &out, &out); status != cannotSay || !strings.Contains(out.String(), "hint") {
		t.Errorf("no file: status %d, %s", status, out.String())
	}
	if status := run([]string{"-h"}, &out, &out); status != allGood {
		t.Errorf("help: status %d", status)
	}
}

// Two devices in one file, each with its key; and a key of which there is nothing.
func TestTwoDevices(t *testing.T) {
	w, other := made(t, nil), sign.NewKey([32]byte{8})
	o := &world{key: other, device: "south-door", chain: devicelog.Chain{Key: other, Device: "south-door"}}
	o.boot(t, 4)
	both := append(w.all(), o.all()...)
	a, b := key().Public().String(), other.Public().String()
	status, said := verify(t, both, "-key", a, "-key", b, "-whole")
	if status != allGood || !strings.Contains(said, "south-door") || !strings.Contains(said, "north-door") {
		t.Errorf("status %d\n%s", status, said)
	}
	if status, said := verify(t, both); status != wrong || strings.Count(said, "which was not given") != len(o.records)+len(o.log) {
		t.Errorf("status %d\n%s", status, said)
	}
	if status, said := verify(t, w.all(), "-key", a, "-key", b); status != wrong || !strings.Contains(said, "there is nothing of key "+other.Public().ID().String()) {
		t.Errorf("status %d\n%s", status, said)
	}
}

// FuzzSplit takes files apart that are anything; what it takes is what was there.
func FuzzSplit(f *testing.F) {
	f.Add([]byte{0xd2, 0x84, 0x40, 0xa0, 0x41, 0, 0x40, 0xff})
	chain := devicelog.Chain{Key: key(), Device: "north-door", Boot: [16]byte{1}}
	honest, _, err := chain.Append(devicelog.Event{Kind: devicelog.Shutdown}, devicelog.Moment{At: 1_795_330_800})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(honest)
	f.Add(append(slices.Clone(honest), 0xff))
	f.Fuzz(func(t *testing.T, b []byte) {
		p := split("x", b)
		var all []byte
		for _, it := range p.items {
			if it.offset != len(all) || it.String() != fmt.Sprintf("x, byte %d", len(all)) {
				t.Fatalf("offset %d, want %d", it.offset, len(all))
			}
			all = append(all, it.bytes...)
		}
		if !bytes.Equal(all, b[:len(b)-p.rest]) {
			t.Fatalf("%x of %x", all, b)
		}
		// Whatever the pieces are, nothing of them is taken for what the device signed.
		r := report{out: io.Discard}
		check(key().Public(), share(p.items, []sign.Public{key().Public()}, &r)[0], &options{}, &r)
		if r.wrong == 0 && !bytes.HasPrefix(b, honest) {
			t.Fatalf("nothing is wrong with %x", b)
		}
	})
}
