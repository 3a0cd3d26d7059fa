// Package datum declares every piece of data that comes into being in a device that counts: where it
// is, how fine, how long, who could see it, how it ends, and which fields of the programs hold it. It
// is data and text only: it touches none of it and has no numbers of its own, since those come in as
// Sizes from the constants of the programs. privacy/DATA.md is written from it by tools/proof, which
// also fails when a field of a message or of the state of counting belongs to no datum.
package datum

import (
	"fmt"
	"strings"
	"time"
)

// Datum is one piece of data.
type Datum struct {
	Name   string
	Place  string // program and kind of memory, or from whom to whom
	Fine   string // how fine, how much
	Long   string // how long it lives
	Seen   string // who could see it
	Ends   string // how it ends
	Fields []Fields
}

// Fields names the fields that hold a datum.
type Fields struct {
	Of    string // a type, such as "counting/track.Track"
	Names string // its fields, with blanks between
}

// Entry is one field or more of a message whose list is closed, and what it is for.
type Entry struct {
	Name, Why string
	Fields    []Fields
}

// Section is a part of the document: a title, words before, data or entries, words after.
type Section struct {
	Title   string
	Before  []string
	Data    []Datum
	Entries []Entry
	After   []string
}

// Sizes are the limits that the programs have, each from the constant or the type that sets it.
type Sizes struct {
	CellMillimetres  int // side of the smallest cell on the floor
	CellsX, CellsY   int // of the largest grid
	Person           int // cells across a person at most
	Tracks           int
	Lines, Zones     int
	Ratios           int           // numbers that say how often shadows were of which depth
	MaxLife          time.Duration // of a frame
	Hide, Still, Dim time.Duration // how fast the background learns under what stands
	Forget           time.Duration // how long the brightness before a shadow is kept
	Coast            time.Duration // how long a track lives unseen
	Along            time.Duration // how long ago tracks still weigh in how two of them keep together
	MinBeat, MaxBeat time.Duration
	Orders           int           // bytes
	Tally            int           // bytes
	Record           int           // bytes of the largest, signed
	Entry            int           // bytes of the largest, signed
	Item             int           // bytes at most
	Envelope         int           // bytes at most
	Back             int           // bytes, but for an envelope
	View             int           // bytes
	Start            int           // bytes
	Batch            int           // items at most
	K, M             int           // people and pairs: the finest rule
	Interval         time.Duration // the shortest
	Open, Close      int           // minutes of the day
	Kept             time.Duration // how often exact counts of the open interval are written down
	Jobs             int           // closed intervals that wait in memory at most
	Doors            int           // of a room
	DoorKept         int           // tallies that a door keeps
	Held             int           // items of a kind in the ledger at most
	LedgerBytes      int
	LogTail          int // entries
	QueueRecords     int
	QueueBytes       int
	QueueAge         time.Duration
	Refused          int           // items that were refused
	Relay            time.Duration // how long a collector holds an envelope
	// Limits are what the rule by which counts leave cannot protect.
	Limits []string
}

// All gives the whole document.
func All(s Sizes) []Section {
	return []Section{eye(s), warden(s), between(s), disk(s), inRecord(s), inLog(s), leaves(s), weak(s), never()}
}

// span is a duration in words.
func span(d time.Duration) string {
	switch {
	case d >= 24*time.Hour && d%(24*time.Hour) == 0:
		return plural(int(d/(24*time.Hour)), "day")
	case d >= time.Minute && d%time.Minute == 0:
		return plural(int(d/time.Minute), "minute")
	case d >= time.Second:
		if d = d.Round(100 * time.Millisecond); d%time.Second == 0 {
			return plural(int(d/time.Second), "second")
		}
		return fmt.Sprintf("%.1f seconds", d.Seconds())
	}
	return fmt.Sprintf("%d ms", d.Milliseconds())
}

func plural(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}

// thousands writes a number as people read it.
func thousands(n int) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// Covered gives every field of every datum and entry, as "type.field", with its datum.
func Covered(sections []Section) map[string]string {
	all := map[string]string{}
	for _, s := range sections {
		for _, d := range s.Data {
			add(all, d.Name, d.Fields)
		}
		for _, e := range s.Entries {
			add(all, e.Name, e.Fields)
		}
	}
	return all
}

func add(all map[string]string, name string, list []Fields) {
	for _, f := range list {
		for field := range strings.FieldsSeq(f.Names) {
			all[f.Of+"."+field] = name
		}
	}
}
