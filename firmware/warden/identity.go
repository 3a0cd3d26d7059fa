package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
	_ "time/tzdata" // a board has no files of time zones

	"tellijn/boards"
	"tellijn/boards/plan"
	"tellijn/firmware/warden/calendar"
	"tellijn/firmware/warden/clerk"
	"tellijn/firmware/warden/desk"
	"tellijn/firmware/warden/first/data"
	"tellijn/firmware/warden/ledger"
	"tellijn/firmware/warden/watch"
	"tellijn/privacy/release"
	"tellijn/privacy/room"
	"tellijn/privacy/room/seal"
	"tellijn/privacy/sign"
)

// made is when this version was made, Unix seconds: no clock that shows less can be right.
const made = 1_795_305_600 // 2026-11-22

// Folders below -dir, one for each program that keeps files.
const (
	ownDir     = "warden"
	courierDir = "courier"
	ledgerFile = "ledger.db" // in ownDir
)

// courierUser is who the courier is on a machine where the warden is root: nobody else, so that it can read
// neither the ledger, which is root's, nor what belongs to nobody, as core, eye and dialer are.
const courierUser = 65533

// settle makes the courier's directory. Where the warden is root it gives it, and the files in it, to the
// courier, which becomes their owner.
func settle(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	info, err := os.Stat(dir)
	if err != nil {
		return err
	}
	if st, ok := info.Sys().(*syscall.Stat_t); os.Geteuid() != 0 || !ok || st.Uid != 0 && st.Uid != courierUser {
		return nil // somebody's own machine, or somebody's own choice
	}
	err = filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		if err == nil {
			err = os.Lchown(path, courierUser, courierUser)
		}
		return err
	})
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.EPERM) {
		return nil // a machine of namespaces that knows no other users, or a root that may not give away
	}
	return err
}

// openLedger opens the warden's own file and says what is strange about it.
func openLedger(dir string, say func(string)) (l *ledger.Ledger, keys ledger.Keys, err error) {
	if l, err = ledger.Open(filepath.Join(dir, ownDir, ledgerFile), ledger.Options{}); err != nil {
		return nil, keys, err
	}
	keys, fresh, err := l.Keys(rand.Reader)
	if err != nil {
		l.Close()
		return nil, keys, err
	}
	if l.Aside != "" {
		say(fmt.Sprintf("Failed   ledger: it was damaged and a new one is started; what was carried in it is lost, the old file is kept as %s (%v)", l.Aside, l.Why))
	}
	if l.Opened {
		say("Failed   ledger: others than the warden could read it until now; whoever did knows its keys")
	}
	note := filepath.Join(dir, data.InOwn)
	_, gone := os.Lstat(note)
	if fresh || l.Aside != "" || gone == nil {
		// Whoever makes keys may not be who keeps the log: the next core enters it.
		if err = l.Update(func(tx *ledger.Tx) error { return tx.Put(clerk.News, news(fresh, l.Aside != "", gone == nil, tx)) }); err == nil && gone == nil {
			err = os.Remove(note)
		}
		if err != nil {
			l.Close()
			return nil, keys, err
		}
	}
	switch {
	case l.Lost != nil:
		say(fmt.Sprintf("Failed   keys: %v. This is another device now for everybody: enrol it again", l.Lost))
	case fresh:
		say("Loaded   keys: made new, as this device has not run before")
	}
	return l, keys, nil
}

// news is what has happened since a core ran: new keys, a damaged ledger set aside, and a damaged file system.
func news(made, aside, renewed bool, tx *ledger.Tx) []byte {
	b, _ := tx.Get(clerk.News)
	if len(b) != newsSize {
		b = make([]byte, newsSize)
	}
	for i, happened := range [newsSize]bool{made, aside, renewed} {
		if happened {
			b[i] = 1
		}
	}
	return b
}

const newsSize = 3

// identity prints who this device is for others.
func identity(o *options) error {
	b, err := board(o)
	if err != nil {
		return err
	}
	l, keys, err := openLedger(o.dir, func(line string) { fmt.Fprintln(os.Stderr, line) })
	if err != nil {
		return err
	}
	defer l.Close()
	sealing, err := seal.NewKey(keys.Seal)
	if err != nil {
		return err
	}
	fmt.Printf("device = %q\nsign = %q\nseal = \"%x\"\n", b.Device, sign.NewKey(keys.Sign).Public(), sealing.Public())
	return nil
}

// open opens the ledger and fills in all that depends on it.
func open(s *watch.Setup) (l *ledger.Ledger, err error) {
	l, keys, err := openLedger(s.Dir, s.Say)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			l.Close()
		}
	}()
	if err = l.View(func(tx *ledger.Tx) error {
		if b, ok := tx.Get(clerk.News); ok && len(b) == newsSize {
			s.Made, s.Aside, s.Renewed = b[0] == 1, b[1] == 1, b[2] == 1 // the clerk forgets it once it is entered
		}
		return nil
	}); err != nil {
		return nil, err
	}
	b := &s.Board
	policy, place, err := rule(b)
	if err != nil {
		return nil, err
	}
	s.Place = place
	if s.Calendar, err = calendar.Compress(s.Factor, s.Clock.Now(), b.Kind.Pretended()); err != nil {
		return nil, err
	}
	s.Keeper = calendar.New(clerk.Floor(l), time.Unix(made, 0))
	post, err := rooms(b, keys)
	if err != nil {
		return nil, err
	}
	s.Clerk = clerk.Setup{Ledger: l, Desk: desk.Setup{Device: b.Device, Boot: s.Boot, Driver: b.Driver, Simulated: b.Kind.Pretended() || b.Driver != "v4l2",
		Lines: b.Scene.NLines, Zones: b.Scene.NZones, Policy: policy, Location: place,
		Key: sign.NewKey(keys.Sign), Secret: keys.Secret, Room: b.Room.Name, Post: post}}
	return l, nil
}

// rule is how coarse counts are before they leave: at least what is compiled in.
func rule(b *boards.Board) (p release.Policy, place *time.Location, err error) {
	p = release.Default()
	p.Interval = b.Interval
	if b.Release.K != 0 {
		p.K = b.Release.K
	}
	for _, at := range []struct {
		key, value string
		to         *int
	}{{"release.open", b.Release.Open, &p.Open}, {"release.close", b.Release.Close, &p.Close}} {
		if at.value != "" {
			if *at.to, err = plan.Minute("configuration", "", at.key, at.value); err != nil {
				return p, nil, err
			}
		}
	}
	if err = p.Check(); err != nil {
		return p, nil, err
	}
	if b.Release.Zone == "" {
		return p, nil, fmt.Errorf("release.zone is missing: counts leave by the clock of the place, such as Europe/Amsterdam")
	}
	place, err = time.LoadLocation(b.Release.Zone)
	return p, place, err
}

// rooms is the room that this door belongs to; nil for none.
func rooms(b *boards.Board, keys ledger.Keys) (*room.Post, error) {
	if b.Room.NDoor == 0 {
		return nil, nil
	}
	m := room.Members{Room: b.Room.Name, Head: b.Room.Head}
	for _, d := range b.Room.Doors[:b.Room.NDoor] {
		signing, err := sign.ParsePublic(d.Sign)
		if err != nil {
			return nil, err
		}
		sealing, err := sign.ParsePublic(d.Seal) // the same form
		if err != nil {
			return nil, err
		}
		m.Doors = append(m.Doors, room.Member{Device: d.Device, Sign: signing, Seal: seal.Public(sealing)})
	}
	sealing, err := seal.NewKey(keys.Seal)
	if err != nil {
		return nil, err
	}
	return room.NewPost(m, b.Device, sign.NewKey(keys.Sign), sealing)
}

// clockTime writes minutes of a day as a clock shows them.
func clockTime(minute int) string { return fmt.Sprintf("%02d:%02d", minute/60, minute%60) }
