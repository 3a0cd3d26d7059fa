// Package leaving measures what leaves a device: it plays the warden's desk with exact counts and looks at
// every record for its size and for numbers that are finer than the rule, adds visits of people who are
// alone and looks for them, tampers with records and logs, and gives a collector what is false. Nothing of
// it uses a camera, a network or a real count. It stands outside the data path, for tools/proof.
package leaving

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"

	"tellijn/privacy/sandbox"
	"tellijn/privacy/sandbox/eyes"
	"tellijn/tools/campus/figures"
	"tellijn/tools/proof/bench"
	"tellijn/tools/proof/claim"
)

// How much is done: devices that are played for some days, crowds with visits each, changes of records,
// entries of a log, and the campus.
const (
	devices, playedDays = 8, 8
	crowds, each        = 40, 5
	changes, entries    = 2000, 60
	rooms, campusDays   = 120, 15
)

const command = "go run ./tools/proof -only leaving"

// Checks are the checks of this package.
func Checks() []claim.Check {
	return []claim.Check{
		{Name: "leaving: records", Run: records},
		{Name: "leaving: a visit alone", Run: lone},
		{Name: "leaving: campus", Run: campus},
		{Name: "leaving: tampering", Run: tamper},
		{Name: "leaving: collector", Run: collect},
		{Name: "leaving: manifests", Run: func(context.Context, *bench.Bench) ([]claim.Result, error) {
			return []claim.Result{networks(manifests())}, nil
		}},
	}
}

func result(name, measured, figure string, ok bool, why string, promises ...int) claim.Result {
	return claim.Result{Promises: promises, Name: name, Measured: measured, Figure: figure, Verdict: claim.Judge(ok), Why: "want " + why, Command: command}
}

func records(context.Context, *bench.Bench) ([]claim.Result, error) {
	seed := rand.Uint64()
	p, err := play(seed, devices, playedDays)
	if err != nil {
		return nil, err
	}
	return p.results(seed), nil
}

func (p *played) results(seed uint64) []claim.Result {
	what := fmt.Sprintf("%d wardens' desks of 1 to 8 lines and 0 to 8 zones count random crowds for %d days (seed %d)", p.devices, playedDays, seed)
	enough := p.records >= devices*playedDays*96 && p.people > 100_000
	return []claim.Result{
		result("Size of records, whatever they say", what+": devices whose records differ in size", fmt.Sprintf("%d of %d devices, %d records", p.sizes, p.devices, p.records),
			p.sizes == 0 && enough, "none", 1, 7),
		result("Exact counts that leave", what+"; numbers in their records that are no multiple of 3, both directions at once, or one or two people in a zone; records before 7:30 or after 22:00 that say anything of people",
			fmt.Sprintf("%d numbers, %d records at night, of %d records about %d crossings", len(p.fine), p.night, p.records, p.people),
			len(p.fine)+p.night == 0 && enough, "none; "+strings.Join(p.fine[:min(len(p.fine), 3)], "; "), 7, 26, 28, 65),
		result("Crossings that are lost or counted twice", what+"; what is released and what is carried, against what was counted",
			fmt.Sprintf("%d of %d crossings", p.lost, p.people), p.lost == 0 && enough, "0", 2, 23, 34),
	}
}

func lone(context.Context, *bench.Bench) ([]claim.Result, error) {
	seed := rand.Uint64()
	one, err := visits(seed, true, crowds, each, 1)
	if err != nil {
		return nil, err
	}
	signed, err := visits(seed, false, 2, 4, 1)
	if err != nil {
		return nil, err
	}
	six, err := visits(seed, true, 5, 4, 6)
	if err != nil {
		return nil, err
	}
	return []claim.Result{judgeLone(one, signed, six, seed)}, nil
}

func judgeLone(one, signed, six alone, seed uint64) claim.Result {
	all := slices.Concat(one.where, signed.where)
	return result("A visit of somebody alone", fmt.Sprintf("the rule counts the same crowd with and without one person who comes in the evening, when nobody is there, and goes within an hour: all that is released in %d days is compared, but for the pairs that are told once a week (seed %d); some visits with all fields of signed records; as a control six people come", days, seed),
		fmt.Sprintf("%d of %d visits change any other field, %d the weekly one; of signed records %d of %d; control: %d of %d visits of six are seen", one.seen, one.visits, one.weekly, signed.seen, signed.visits, six.seen, six.visits),
		one.seen+signed.seen == 0 && one.visits >= 100 && signed.visits > 0 && six.visits > 0 && six.seen == six.visits, "no visit, and each of the control; "+strings.Join(all[:min(len(all), 3)], "; "), 24, 25, 26, 29)
}

func campus(ctx context.Context, b *bench.Bench) ([]claim.Result, error) {
	f, err := figures.Run(1, rooms, campusDays, nil)
	if err != nil {
		return nil, err
	}
	return judgeCampus(&f), nil
}

// judgeCampus takes the figures of a campus; with as few rooms as here, three standard errors are forgiven.
func judgeCampus(f *figures.Figures) []claim.Result {
	ours, raw := f.Row(figures.Ours), f.Row(figures.Raw)
	var short []string
	for _, m := range f.Missed(3) {
		short = append(short, fmt.Sprintf("%s %.3f, limit %.3f", m.Name, m.Value, m.Limit))
	}
	one := result("A simulated campus, and three who look for its cleaners",
		fmt.Sprintf("%d rooms with %d doors for %d days, seed 1; how much better than guessing a threshold and a classifier find the cleaner of an evening, and how often a lone visit shows to somebody who knows everything else, against bounds with three standard errors (go run ./tools/campus measures 400 rooms)", f.Rooms, f.Doors, f.Days),
		fmt.Sprintf("threshold %.1f %%, classifier %.1f %%, of raw counts %.1f %% and %.1f %%; a lone visit shows in %.2f %%, of raw counts in %.0f %%", 100*ours.Threshold.Value(), 100*ours.Boosted.Value(), 100*raw.Threshold.Value(), 100*raw.Boosted.Value(), 100*ours.Lone.Day, 100*raw.Lone.Day),
		len(short) == 0 && ours.Lone.Visits > 50, "no bound missed: "+strings.Join(short, "; "), 25, 26)
	two := result("What the rule costs on a simulated campus", "the same rooms: how far a reader is from the number of people inside, days on which a room was used and shown used, crossings that are neither released nor held back",
		fmt.Sprintf("%.1f people off at the mean and %d at 95 %%, raw counts %.1f and %d; used days shown used %.1f %%; %d crossings lost", ours.Use.Open.Mean, ours.Use.Open.P95, raw.Use.Open.Mean, raw.Use.Open.P95, 100*ours.Use.UsedDays, ours.Lost),
		len(short) == 0 && ours.Lost == 0, "no bound missed: "+strings.Join(short, "; "), 2, 23, 24, 65)
	return []claim.Result{one, two}
}

func tamper(context.Context, *bench.Bench) ([]claim.Result, error) {
	seed := rand.Uint64()
	d := newDevice("north-door", 2, 1)
	g := rand.New(rand.NewPCG(seed, 6))
	for n := range 96 {
		if err := d.close(n, d.crowd(g, n), 0, 0); err != nil {
			return nil, err
		}
	}
	chain, size, err := logs(seed, entries)
	if err != nil {
		return nil, err
	}
	return []claim.Result{
		judgeTampered("Records that somebody changed", "single bits of signed records are changed, and records are opened with another key: how many pass", bits(seed, d, changes), changes, 8, 28),
		judgeTampered("Logs that somebody changed", fmt.Sprintf("a signed log of %d entries, all of %d bytes; each entry is removed, changed, moved, said twice or replaced, and each end cut off, which records have seen: how many of these logs pass", entries, size), chain, entries, 8, 28),
	}, nil
}

func judgeTampered(name, measured string, all []tampered, least int, promises ...int) claim.Result {
	missed, tried, few := 0, 0, len(all) == 0
	var parts []string
	for _, t := range all {
		missed, tried, few = missed+t.missed, tried+t.tried, few || t.tried < least
		parts = append(parts, fmt.Sprintf("%s: %d of %d", t.name, t.missed, t.tried))
	}
	return result(name, measured, fmt.Sprintf("%d of %d pass", missed, tried), missed == 0 && !few, "none, of "+fmt.Sprint(least)+" and more each; "+strings.Join(parts, ", "), promises...)
}

func collect(_ context.Context, b *bench.Bench) ([]claim.Result, error) {
	dir, err := os.MkdirTemp(b.Dir, "collector-")
	if err != nil {
		return nil, err
	}
	d := newDevice("north-door", 1, 1)
	g := rand.New(rand.NewPCG(1, 7))
	for n := range 96 {
		if err := d.close(n, d.crowd(g, n), 0, 0); err != nil {
			return nil, err
		}
	}
	e, err := enter(dir, d)
	if err != nil {
		return nil, err
	}
	return []claim.Result{e.result()}, nil
}

func (e *entered) result() claim.Result {
	return result("What a collector takes", "a collector is given the records of a device, twice, and then what is false: signed with another key, of nobody real, in the name of another, another record under a number that is taken, cut off at each byte, changed at each byte; "+
		"batches under another certificate, of a device that is not enrolled, and of one that is revoked; a device is given receipts of another key",
		fmt.Sprintf("%d of %d false ones are refused, %d of %d true ones taken and stored once; %d of 3 strange batches turned away; %d of %d false receipts taken", e.refused, e.bad, e.stored, e.good, e.strangers, e.receipts, e.tried),
		len(e.let) == 0 && e.refused == e.bad && e.bad > 500 && e.stored == e.good && e.good > 0 && e.strangers == 3 && e.receipts == 0 && e.tried > 0,
		"every false one refused and every true one taken; taken were "+strings.Join(e.let[:min(len(e.let), 3)], ", "), 7, 8, 58)
}

// manifests are those of all programs that stand on a device, with what they are for.
func manifests() []sandbox.Manifest {
	e := eyes.Eye{Device: "/dev/video0", Camera: 5, Pid: 1}
	radio := sandbox.Radio{Program: "/sbin/wpa_supplicant", Dir: "/run/radio"}
	return []sandbox.Manifest{sandbox.Warden(3, 5, 1), sandbox.Courier("/", 1), sandbox.Dialer(sandbox.Calling{Port: 443, Named: true}, 1),
		sandbox.Setter(sandbox.Setting{Chip: -1, Radio: &radio}, 1), sandbox.Asker(1), sandbox.Supplicant(radio),
		eyes.Opens(e), eyes.Settles(e), eyes.Counts(e)}
}

// outside are the programs that have a network, none of which has a key that signs, a record or a count, with the
// calls of a network that each may make: the setter to the kernel and to its other half, the supplicant to the
// radio, dialer and asker to strangers.
func outside() map[string][]string {
	return map[string][]string{
		"dialer":         {"socket", "connect", "sendto"},
		"scout-asker":    {"socket", "connect"},
		"scout":          {"socket", "socketpair", "bind", "sendto", "connect"},
		"wpa_supplicant": {"socket", "bind", "connect", "sendto"},
	}
}

// networks looks for system calls of a network.
func networks(all []sandbox.Manifest) claim.Result {
	var open []string
	connects := 0
	for _, m := range all {
		for _, c := range m.Calls {
			switch c.Name {
			case "bind", "listen", "accept", "accept4", "socketpair", "socket", "connect", "sendto":
				if !slices.Contains(outside()[m.Program], c.Name) {
					open = append(open, m.Program+" "+m.Stage+": "+c.Name)
				} else if c.Name == "connect" {
					connects++
				}
			}
		}
	}
	return result("Programs that the kernel lets use a network", "lists of system calls that the kernel holds each program to: who may wait for connections (nobody), and who may make one; the warden, with all keys and exact counts, the courier and the eye may neither",
		fmt.Sprintf("%d calls that should not be there in %d lists; dialer and scout, which have no key, record or count, have %d to connect", len(open), len(all), connects),
		len(open) == 0 && connects > 0 && len(all) == 9, "none but those of dialer and scout: "+strings.Join(open, ", "), 7, 9, 28, 31)
}
