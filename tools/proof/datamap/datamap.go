// Package datamap joins privacy/datum with the programs: it fills in the limits from their constants
// and types, writes privacy/DATA.md, and finds fields of messages and of the state of counting that
// belong to no datum. It declares no datum itself. It stands outside the data path, in tools/proof.
package datamap

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"

	"tellijn/counting"
	"tellijn/counting/foreground"
	"tellijn/counting/track"
	"tellijn/firmware/eye/cycle"
	"tellijn/firmware/handoff"
	"tellijn/firmware/orders"
	"tellijn/firmware/queue"
	"tellijn/firmware/view"
	"tellijn/firmware/warden/clerk"
	"tellijn/firmware/warden/ledger"
	"tellijn/firmware/warden/talk"
	"tellijn/privacy/batch"
	"tellijn/privacy/datum"
	"tellijn/privacy/devicelog"
	"tellijn/privacy/record"
	"tellijn/privacy/release"
	"tellijn/privacy/room"
	"tellijn/privacy/wire"
	"tellijn/tools/collector/intake"
	"tellijn/tools/proof/bench"
	"tellijn/tools/proof/claim"
)

// Command writes the document anew.
const Command = "go run ./tools/proof -data"

// personSide in millimetres, as counting/limits.go has it for the ceiling.
const personSide = 450

// Sizes takes the limits from where they are set.
func Sizes() (datum.Sizes, error) {
	var back bytes.Buffer
	if err := handoff.WriteBack(&back, handoff.Back{Kind: handoff.Hello}); err != nil {
		return datum.Sizes{}, err
	}
	dims, ok := reflect.TypeFor[foreground.Carry]().FieldByName("dims")
	if !ok || dims.Type.Kind() != reflect.Array {
		return datum.Sizes{}, fmt.Errorf("datamap: foreground.Carry has no array dims any more; say in privacy/datum what took its place")
	}
	f, t, p := foreground.Defaults(), track.Defaults(), release.Default()
	return datum.Sizes{
		CellMillimetres: personSide / counting.MaxPerson, CellsX: counting.MaxCellsX, CellsY: counting.MaxCellsY,
		Person: counting.MaxPerson, Tracks: counting.MaxTracks, Lines: counting.MaxLines, Zones: counting.MaxZones, Ratios: dims.Type.Len(),
		MaxLife: cycle.MaxLife, Hide: f.Hide, Still: f.Still, Dim: f.Dim, Forget: f.Forget, Coast: t.Coast, Along: t.Recall,
		MinBeat: orders.MinBeat, MaxBeat: orders.MaxBeat,
		Orders: orders.Size, Tally: wire.Size, Record: largest(), Entry: devicelog.Size(longest), Item: handoff.MaxItem, Envelope: handoff.MaxEnvelope,
		Back: back.Len(), View: view.StateSize, Start: talk.Size, Batch: batch.MaxItems,
		K: p.K, M: p.M, Interval: p.Interval, Open: p.Open, Close: p.Close,
		Kept: keepEvery, Jobs: clerk.MaxJobs, Doors: room.MaxDoors, DoorKept: room.MaxKept, Held: ledger.DefaultEach, LedgerBytes: ledger.DefaultSize, LogTail: ledger.LogTail,
		QueueRecords: queue.DefaultRecords, QueueBytes: queue.DefaultSize, QueueAge: queue.MaxAge, Refused: queue.MaxRefused, Relay: intake.HoldFor,
		Limits: release.Limits(),
	}, nil
}

// keepEvery is how often the warden writes the open interval down, as firmware/warden/watch has it; a
// test compares them.
const keepEvery = 45 * time.Second

// longest is a name as long as names may be.
const longest = "a-device-with-a-name-of-32-bytes"

// largest is the size of a signed record with as many lines and zones, and as long names, as there may be.
func largest() int {
	return record.Size(&record.Record{Version: record.Version, Device: longest, Boot: [16]byte{1}, From: 1_800_000_000, To: 1_800_000_900, Interval: 86_400, Lifetime: record.Lifetime{Worst: 1, P999: 1},
		Lines: make([]record.Line, counting.MaxLines), Zones: make([]uint16, counting.MaxZones),
		Camera: record.Camera{Kind: "camera", Driver: "v4l2", Width: 4096, Height: 4096, Pixel: "YUYV"}, Firmware: [32]byte{1},
		Rule: record.Rule{K: 255, Mode: record.ModeRoom, Room: longest, Heard: 23, Doors: 23}})
}

// Text is what privacy/DATA.md has to say.
func Text() (string, error) {
	s, err := Sizes()
	if err != nil {
		return "", err
	}
	return datum.Markdown(datum.All(s)), nil
}

// path of the document.
func path(root string) string { return filepath.Join(root, "privacy", "DATA.md") }

// Rewrite writes the document under root anew.
func Rewrite(root string) error {
	text, err := Text()
	if err != nil {
		return err
	}
	return os.WriteFile(path(root), []byte(text), 0o644)
}

// Current tells how many lines of the document under root are missing, too many or elsewhere, against Text, of
// how many; never 0 for a document that differs.
func Current(root string) (stale, lines int, err error) {
	text, err := Text()
	if err != nil {
		return 0, 0, err
	}
	is, err := os.ReadFile(path(root))
	if err != nil {
		return 0, 0, err
	}
	if string(is) == text {
		return 0, strings.Count(text, "\n"), nil
	}
	there := map[string]int{}
	for line := range strings.Lines(string(is)) {
		there[line]++
	}
	for line := range strings.Lines(text) {
		if there[line]--; there[line] < 0 {
			stale++
		}
		lines++
	}
	// What is there too much counts as well, and so does a line in another place.
	for _, n := range there {
		stale += max(n, 0)
	}
	return max(stale, 1), lines, nil
}

// Cover compares fields with data: homeless ones belong to no datum, gone ones are named by a datum
// and do not exist.
func Cover(found []string, covered map[string]string) (homeless, gone []string) {
	for _, f := range found {
		if covered[f] == "" {
			homeless = append(homeless, f)
		}
	}
	for f, name := range covered {
		if !slices.Contains(found, f) {
			gone = append(gone, f+" of "+name)
		}
	}
	slices.Sort(gone)
	return homeless, gone
}

// Checks gives the checks of this package.
func Checks() []claim.Check {
	return []claim.Check{{Name: "data", Run: func(_ context.Context, b *bench.Bench) ([]claim.Result, error) {
		s, err := Sizes()
		if err != nil {
			return nil, err
		}
		stale, lines, err := Current(b.Root)
		if err != nil {
			return nil, err
		}
		return []claim.Result{covers(fields(roots()), datum.Covered(datum.All(s))), current(stale, lines)}, nil
	}}}
}

func covers(found []string, covered map[string]string) claim.Result {
	homeless, gone := Cover(found, covered)
	return claim.Result{
		Promises: []int{1, 59}, Name: "Data that the list of data lacks",
		Measured: "fields of messages, of the state of counting and of what the warden adds up that are not in privacy/DATA.md, or are in it and do not exist",
		Figure:   fmt.Sprintf("%d of %d fields are not on it; %d that it names are not there", len(homeless), len(found), len(gone)),
		Verdict:  claim.Judge(len(homeless)+len(gone) == 0 && len(found) > 0),
		Why:      fmt.Sprintf("each field belongs to a datum of privacy/datum; missing %q, gone %q", homeless, gone),
		Command:  "go test ./tools/proof/datamap",
	}
}

func current(stale, lines int) claim.Result {
	return claim.Result{
		Promises: []int{72}, Name: "privacy/DATA.md against the programs", Measured: "lines of privacy/DATA.md that are not what the programs' own limits make of it",
		Figure: fmt.Sprintf("%d of %d lines differ", stale, lines), Verdict: claim.Judge(stale == 0 && lines > 0), Why: "none; " + Command + " writes it anew",
		Command: "go test ./tools/proof/datamap",
	}
}
