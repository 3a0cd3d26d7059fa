package protocol

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Keys of a head, with what stands behind them. Those that may come more than once end in "...".
func Keys() [][2]string {
	return [][2]string{
		{"title", "what happens, in a few words"},
		{"why", "what it would mean for somebody if it went wrong"},
		{"board", "such as rpi-zero-2w or virt"},
		{"film", `what the camera sees: "door SEED", "clip NAME", "canary", "pattern", "dark"; none without`},
		{"format", `of the camera, such as "yuyv 320x240" or "mjpeg 640x480"`},
		{"rate", "frames a second, 1 to 60"},
		{"at", "when it is for everybody at the start, UTC, such as 2027-03-01 08:14 or 2027-03-01 08:14:30"},
		{"clock", `what the board's clock says at the start, as in at; "none" takes it away`},
		{"hours...", "when the camera may have power, such as mon-fri 07:30-22:00"},
		{"approval", `"none", "ended" or "later"; without this key one that counts`},
		{"config...", "one more line of the device's configuration"},
		{"notime", "the clocks of the network do not answer"},
		{"mute", "nobody on the network gives an address"},
		{"reader", "the card is in a reader that can fail"},
		{"journal", "the card is in a reader that keeps what was written, in order"},
		{"kernel", "words behind the kernel's command line, such as init_on_free=0, for a control that has to find something"},
		{"tags", "words by which it is chosen; short is the set for each change"},
		{"expect", "how long it usually takes on an idle computer, such as 90 s"},
	}
}

const maxRate = 60

const formatForm = `^(yuyv|mjpeg) [1-9][0-9]{1,3}x[1-9][0-9]{1,3}$`

// take reads one line of the head.
func (s *Scenario) take(line string) error {
	key, value, _ := strings.Cut(strings.ReplaceAll(line, "\t", " "), " ")
	value = strings.TrimSpace(value)
	known, often := false, false
	for _, k := range Keys() {
		name, more := strings.CutSuffix(k[0], "...")
		if name == key {
			known, often = true, more
		}
	}
	switch flag := key == "notime" || key == "mute" || key == "reader" || key == "journal"; {
	case !known:
		return fmt.Errorf("key %q, want one of %s; steps stand behind a blank line", key, names())
	case s.has(key) && !often:
		return fmt.Errorf("%s stands here again, want it once", key)
	case flag && value != "":
		return fmt.Errorf("%s %q, want nothing behind it", key, value)
	case !flag && value == "":
		return fmt.Errorf("%s has nothing behind it", key)
	}
	s.Head = append(s.Head, [2]string{key, value})
	return s.set(key, value)
}

func names() string {
	var all []string
	for _, k := range Keys() {
		all = append(all, strings.TrimSuffix(k[0], "..."))
	}
	return strings.Join(all, ", ")
}

func (s *Scenario) set(key, value string) (err error) {
	u := &s.Setup
	switch key {
	case "title":
		s.Title = value
	case "why":
		s.Why = value
	case "board":
		if u.Board = value; !fits(nameForm, value) {
			return fmt.Errorf("board %q, want a name such as rpi-zero-2w", value)
		}
	case "film":
		u.Film = value
	case "format":
		if u.Format = value; !fits(formatForm, value) {
			return fmt.Errorf("format %q, want such as \"yuyv 320x240\" or \"mjpeg 640x480\"", value)
		}
	case "rate":
		if u.Rate, err = strconv.Atoi(value); err != nil || u.Rate < 1 || u.Rate > maxRate {
			return fmt.Errorf("rate %q, want 1 to %d frames a second", value, maxRate)
		}
	case "at":
		u.Now, err = moment(value)
	case "clock":
		if u.NoClock = value == "none"; !u.NoClock {
			u.Clock, err = moment(value)
		}
	case "hours":
		u.Hours = append(u.Hours, value)
	case "approval":
		if u.Approval = value; value != "none" && value != "ended" && value != "later" {
			return fmt.Errorf("approval %q, want none, ended or later, or no such line", value)
		}
	case "config":
		u.Config += value + "\n"
	case "kernel":
		u.Kernel = value
	case "notime":
		u.NoTime = true
	case "mute":
		u.Mute = true
	case "reader":
		u.Reader = true
	case "journal":
		u.Journal = true
	case "tags":
		s.Tags = strings.Fields(value)
		for _, t := range s.Tags {
			if !fits(nameForm, t) {
				return fmt.Errorf("tag %q, want words of a-z and 0-9", t)
			}
		}
	case "expect":
		words := strings.Fields(value)
		if len(words) == 2 {
			s.Expect, err = span(words[0], words[1])
		}
		if len(words) != 2 || err != nil || s.Expect == 0 {
			return fmt.Errorf("expect %q, want a number and ms, s, min or h", value)
		}
	}
	return err
}

// moment reads a time of day, UTC.
func moment(text string) (t time.Time, err error) {
	for _, form := range []string{"2006-01-02 15:04", "2006-01-02 15:04:05"} {
		if t, err = time.Parse(form, text); err == nil {
			return t, nil
		}
	}
	return t, fmt.Errorf("moment %q, want such as 2027-03-01 08:14 or 2027-03-01 08:14:30", text)
}

// maxSpan bounds a duration: what takes longer is no scenario.
const maxSpan = 30 * 24 * time.Hour

// span reads a number and a unit.
func span(number, unit string) (time.Duration, error) {
	units := map[string]time.Duration{"ms": time.Millisecond, "s": time.Second, "min": time.Minute, "h": time.Hour}
	n, err := strconv.ParseFloat(number, 64)
	if strings.Trim(number, "0123456789.") != "" || err != nil || units[unit] == 0 || !(n >= 0 && n <= float64(maxSpan/units[unit])) {
		return 0, fmt.Errorf("%q %q, want a number and ms, s, min or h, at most %v", number, unit, maxSpan)
	}
	return time.Duration(n * float64(units[unit])), nil
}
