package first

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"tellijn/boards"
	"tellijn/boards/card"
	"tellijn/firmware/warden/first/data"
	"tellijn/firmware/warden/first/disk"
	"tellijn/firmware/warden/first/mounts"
	"tellijn/firmware/warden/first/programs"
	"tellijn/firmware/warden/first/tell"
	"tellijn/firmware/warden/signs"
)

// Spans of the start.
const (
	// findCard is how long a card may take to appear before a new start of the whole machine is tried: a disk
	// on USB takes some seconds, and where another slot is being tried the board's firmware then goes back.
	findCard = 2 * time.Minute
	poll     = 100 * time.Millisecond
	sayEvery = 10 * time.Second
	// hourly is how often it is said again why nothing runs.
	hourly = time.Hour
)

// errCard ends a start that found no card; errUnread is for a configuration or keys that are of no use.
var (
	errCard   = errors.New("first: no card")
	errUnread = errors.New("first: what is said of this device is of no use")
)

// machine is one run.
type machine struct {
	s       Setup
	say     func(line string)
	tell    *tell.Teller
	keeper  programs.Keeper
	child   chan os.Signal
	asked   chan os.Signal
	began   time.Time
	place   data.Place
	card    string // node of the first partition
	board   boards.Board
	name    string // of the board
	folder  string // of this device on the card
	noStore bool   // said that nothing can be stored
}

// Run is the life of the machine; it returns only when not even that worked, and then the kernel starts the
// machine anew.
func Run(s Setup) error {
	debug.SetGCPercent(20) // it keeps little, and the board has little to spare
	m := &machine{s: s, began: time.Now(), child: make(chan os.Signal, 1), asked: make(chan os.Signal, 1)}
	signal.Notify(m.child, syscall.SIGCHLD)
	signal.Notify(m.asked, syscall.SIGTERM, syscall.SIGINT)
	mounted := mounts.First()
	log, err := os.OpenFile("/dev/kmsg", os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	since := func() time.Duration { return time.Since(m.began) }
	m.tell = tell.New(log, since)
	m.keeper = programs.Keeper{Since: since, Follow: m.follow}
	first := m.tell.Source("first")
	m.say = first.Say
	if mounted != nil {
		m.say("Failed   " + strings.ReplaceAll(mounted.Error(), "\n", "; "))
	}
	if lacking := mounts.Limits(); len(lacking) > 0 {
		m.say("Skipped  limits that this kernel does not have: " + strings.Join(lacking, ", "))
	}
	name, err := os.ReadFile(card.BoardFile)
	m.name = strings.TrimSpace(string(name))
	m.say(fmt.Sprintf("starts as board %q", m.name))
	if err != nil {
		m.say("Failed   " + err.Error())
	}
	loaded, failed := mounts.Modules(card.Modules)
	m.say(fmt.Sprintf("Loaded   modules: %d", loaded))
	for _, err := range failed {
		m.say("Failed   " + err.Error())
	}
	why := m.open()
	if err := mounts.Seal(); err != nil {
		m.say("Failed   " + err.Error())
	}
	switch {
	case errors.Is(why, errCard):
		m.end(Reboot)
	case why == nil:
		why = m.settle()
	}
	if why != nil {
		m.end(m.hold(why))
	}
	m.end(m.serve())
	return errors.New("first: the kernel did not end")
}

// follow says what a program prints.
func (m *machine) follow(name string, out *os.File) { m.tell.Source(name).Follow(out) }

// open finds the card and mounts what is on it.
func (m *machine) open() error {
	signature, err := m.signature()
	if err != nil {
		return err
	}
	where, err := m.find(signature)
	if err != nil {
		return err
	}
	all := disk.Machine{Sys: "/sys", Dev: "/dev"}
	if m.card, err = m.partition(all, where, card.Start().Number, card.MiB); err != nil {
		return err
	}
	if err := mounts.Card(m.card, card.CardDir); err != nil {
		return err
	}
	m.folder = filepath.Join(card.CardDir, card.Device)
	node, err := m.partition(all, where, card.Data().Number, data.Least)
	if err != nil {
		return err
	}
	m.say(fmt.Sprintf("Loaded   card: %s", where))
	m.place = data.Place{Device: node, Dir: card.DataDir, Old: "/run/old", Pristine: card.Pristine, Now: time.Now().Unix(), Say: m.say}
	if err := os.MkdirAll(card.DataDir, 0o755); err != nil {
		return err
	}
	return m.openData()
}

func (m *machine) signature() (uint32, error) {
	cmdline, err := os.ReadFile("/proc/cmdline")
	if err != nil {
		return 0, err
	}
	value := disk.Argument(string(cmdline), card.Argument)
	if value == "" {
		return 0, fmt.Errorf("first: the kernel's command line has no %s=; is %s that of the image?", card.Argument, card.Cmdline)
	}
	return disk.Signature(value)
}

// find waits for the card. Two of the same are waited for as well, without an end: somebody has to take one out.
func (m *machine) find(signature uint32) (string, error) {
	all, said := disk.Machine{Sys: "/sys", Dev: "/dev"}, -sayEvery
	for {
		where, err := all.Find(signature)
		if err == nil {
			return where, nil
		}
		since := time.Since(m.began)
		if since-said >= sayEvery && since > time.Second {
			m.say(fmt.Sprintf("waits for the card: %v", err))
			said = since
		}
		if errors.Is(err, disk.ErrAbsent) && since > findCard {
			return "", fmt.Errorf("%w: %w", errCard, err)
		}
		if asked := m.rest(poll); asked != 0 {
			m.end(asked)
		}
	}
}

// partition waits a little for a node of the disk, which the kernel makes a moment after the disk.
func (m *machine) partition(all disk.Machine, where string, number int, least int64) (node string, err error) {
	for range int(5 * time.Second / poll) {
		if node, err = all.Partition(where, number, least); err == nil || !errors.Is(err, disk.ErrAbsent) {
			return node, err
		}
		if asked := m.rest(poll); asked != 0 {
			m.end(asked)
		}
	}
	return "", err
}

// rest waits, and gives the code of an end that was asked for meanwhile, or 0.
func (m *machine) rest(d time.Duration) int {
	timer := time.NewTimer(d)
	defer timer.Stop()
	for {
		select {
		case s := <-m.asked:
			return wish(s)
		case <-m.child:
			m.keeper.Reap()
		case <-timer.C:
			return 0
		}
	}
}

// wish is what a signal asks for: Ctrl-Alt-Del, which the kernel makes SIGINT, a new start.
func wish(s os.Signal) int {
	if s == syscall.SIGINT {
		return Reboot
	}
	return PowerOff
}

// hold runs nothing, since no new try would go better, and says why once an hour until it is switched off.
func (m *machine) hold(why error) int {
	sign := signs.Six
	if errors.Is(why, errUnread) {
		sign = signs.Three
	}
	if _, err := m.keeper.Start(programs.Program{Name: "warden", Path: warden(), Args: signArgs(m.name, sign)}); err != nil {
		m.say("Failed   lamp: " + err.Error())
	}
	for {
		m.say(fmt.Sprintf("Failed   nothing runs: %v", strings.ReplaceAll(why.Error(), "\n", "; ")))
		if asked := m.rest(hourly); asked != 0 {
			return asked
		}
	}
}
