package datum

import (
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// sizes gives limits that are all different, so that each can be told from the others.
func sizes() Sizes {
	return Sizes{CellMillimetres: 41, CellsX: 162, CellsY: 123, Person: 13, Tracks: 65, Lines: 7, Zones: 9, Ratios: 34,
		MaxLife: 210 * time.Millisecond, Hide: 27 * time.Second, Still: 8 * time.Second, Dim: 5500 * time.Millisecond, Forget: 11 * time.Minute,
		Coast: 360 * time.Millisecond, Along: 3 * time.Second, MinBeat: 120 * time.Millisecond, MaxBeat: 14 * time.Second,
		Orders: 1083, Tally: 159, Record: 667, Entry: 333, Item: 1027, Envelope: 769, Back: 119, View: 63, Start: 66, Batch: 67, K: 4, M: 150, Interval: 16 * time.Minute,
		Open: 8*60 + 31, Close: 21*60 + 2, Kept: 46 * time.Second, Jobs: 673, Doors: 17, DoorKept: 68, Held: 1441, LedgerBytes: 9 << 20, LogTail: 2001, QueueRecords: 10081, QueueBytes: 17 << 20,
		QueueAge: 10 * 24 * time.Hour, Refused: 257, Relay: 5 * 24 * time.Hour, Limits: []string{"A thing that stays.", "Another one."}}
}

// Every datum says all of it, once.
func TestComplete(t *testing.T) {
	names, owner := map[string]bool{}, map[string]string{}
	own := func(name string, list []Fields) {
		for _, f := range list {
			if f.Of == "" || f.Names == "" {
				t.Errorf("%s: an empty list of fields", name)
			}
			for field := range strings.FieldsSeq(f.Names) {
				if was := owner[f.Of+"."+field]; was != "" {
					t.Errorf("%s.%s belongs to %q and to %q", f.Of, field, was, name)
				}
				owner[f.Of+"."+field] = name
			}
		}
	}
	for _, s := range All(sizes()) {
		if s.Title == "" || len(s.Before)+len(s.Data)+len(s.Entries)+len(s.After) == 0 {
			t.Errorf("section %q says nothing", s.Title)
		}
		for _, d := range s.Data {
			if d.Name == "" || d.Place == "" || d.Fine == "" || d.Long == "" || d.Seen == "" || d.Ends == "" {
				t.Errorf("datum %q leaves something open: %+v", d.Name, d)
			}
			if names[s.Title+d.Name] {
				t.Errorf("datum %q twice", d.Name)
			}
			names[s.Title+d.Name] = true
			own(d.Name, d.Fields)
		}
		for _, e := range s.Entries {
			if e.Name == "" || e.Why == "" || len(e.Fields) == 0 {
				t.Errorf("entry %q leaves something open", e.Name)
			}
			own(e.Name, e.Fields)
		}
	}
	if got := Covered(All(sizes())); !reflect.DeepEqual(got, owner) {
		t.Errorf("Covered gives %d fields, want %d", len(got), len(owner))
	}
}

// Each limit stands in the text and follows its constant.
func TestLimits(t *testing.T) {
	text := Markdown(All(sizes()))
	for _, want := range []string{"41 mm", "162 x 123", "at most 13 a person", "65 people", "7 lines", "9 zones", "34 numbers", "210 ms", "27 seconds", "8 seconds",
		"5.5 seconds", "11 minutes", "360 ms", "about 3 seconds", "120 ms to 14 seconds", "1,083 bytes", "159 bytes", "667 bytes", "333 bytes", "1,027 bytes", "769 bytes", "119 bytes", "63 bytes",
		"66 bytes", "up to 67 records", "steps of 4 people", "4 to 153", "16 minutes", "from 8:31 to 21:02", "every 46 seconds", "up to 673 of them", "17 doors", "up to 68;",
		"at most 1441 of each kind", "to 9 MB", "2,001 entries", "10,081", "17 MB", "10 days of records", "up to 257 that", "5 days at most", "- A thing that stays.\n- Another one."} {
		if !strings.Contains(strings.Join(strings.Fields(text), " "), want) && !strings.Contains(text, want) {
			t.Errorf("the document lacks %q", want)
		}
	}
	v := reflect.ValueOf(sizes())
	for i := range v.NumField() {
		other := sizes()
		f := reflect.ValueOf(&other).Elem().Field(i)
		if f.Kind() == reflect.Slice {
			f.Set(reflect.ValueOf([]string{"Something else."}))
		} else {
			f.SetInt(f.Int() * 3)
		}
		if Markdown(All(other)) == text {
			t.Errorf("%s can change and the document stays", v.Type().Field(i).Name)
		}
	}
}

// What has to be said aloud is.
func TestHonest(t *testing.T) {
	text := strings.Join(strings.Fields(Markdown(All(sizes()))), " ")
	for _, want := range []string{"**is** processing of personal data", "picture of the empty floor in squares of", "leaks into it slowly", "begins with what is there",
		"A crash is not an orderly stop", "not encrypted", "memory that is not ours", "## What never exists",
		"so that a power cut loses a minute at most", "**exact** counts that were not released yet", "the secret of the rule", "undo the shift", "sign as this device", "## What the rule cannot protect",
		"Whoever steals the head's key", "still about people", "A broker sees all of it but sealed tallies", "**exact** totals since its start", "**exact** tallies that the head has not booked yet"} {
		if !strings.Contains(text, want) {
			t.Errorf("the document does not say %q", want)
		}
	}
	if strings.Contains(strings.ToLower(text), "anonym") {
		t.Error("the document calls something anonymous")
	}
}

func TestMarkdown(t *testing.T) {
	got := Markdown([]Section{
		{Title: "One", Before: []string{"before"}, Data: []Datum{{"a|b", "c", "d", "e", "f", "g", nil}}, After: []string{strings.Repeat("word ", 40), "- x\n- " + strings.Repeat("item ", 30)}},
		{Title: "Two", Entries: []Entry{{"h", "i", nil}}},
	})
	for _, want := range []string{"# What data there is\n\n", "\n## One\n\nbefore\n\n| datum | where |", "\n| a\\|b | c | d | e | f | g |\n\n", "\n- x\n- item", "\n  item", "\n| h | i |\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("lacks %q:\n%s", want, got)
		}
	}
	for _, l := range strings.Split(got, "\n") {
		if utf8.RuneCountInString(l) > width && l[0] != '|' || strings.TrimRight(l, " ") != l {
			t.Errorf("too long, or ends in blanks: %q", l)
		}
	}
	if !strings.HasSuffix(got, "|\n") || strings.Contains(got, "\n\n\n") {
		t.Errorf("blank lines: %q", got)
	}
}

func TestWords(t *testing.T) {
	for d, want := range map[time.Duration]string{
		200 * time.Millisecond: "200 ms", time.Second: "1 second", 10 * time.Second: "10 seconds", 20480 * time.Millisecond: "20.5 seconds",
		time.Minute: "1 minute", 10 * time.Minute: "10 minutes", 90 * time.Second: "90 seconds", 5960 * time.Millisecond: "6 seconds",
	} {
		if got := span(d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
	for n, want := range map[int]string{0: "0", 512: "512", 1082: "1,082", 10080: "10,080", 1234567: "1,234,567"} {
		if got := thousands(n); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}
