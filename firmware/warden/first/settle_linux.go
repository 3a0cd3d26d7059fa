package first

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"tellijn/boards/card"
	"tellijn/firmware/warden/enrol"
	"tellijn/firmware/warden/first/data"
	"tellijn/firmware/warden/first/device"
	"tellijn/firmware/warden/first/look"
	"tellijn/firmware/warden/first/mounts"
	"tellijn/firmware/warden/first/programs"
)

// openTries is how often the data file system is tried before nothing runs.
const openTries = 3

// openData mounts the data file system and says what came of it.
func (m *machine) openData() (err error) {
	for try := range openTries {
		if try > 0 {
			m.say(fmt.Sprintf("Failed   data: %v; trying again", err))
			if asked := m.rest(time.Second << try); asked != 0 {
				m.end(asked)
			}
		}
		var found data.Found
		if found, err = m.place.Open(); err != nil {
			continue
		}
		m.noStore = found.ReadOnly
		switch {
		case found.ReadOnly:
			m.say("Failed   data: it can only be read")
		case found.Why != data.Sound:
			m.say(fmt.Sprintf("Failed   data: it was damaged (%v) and is new; %d files of the old one were taken over, %d are lost", found.Why, found.Carried, found.Lost))
		default:
			m.say("Loaded   data")
		}
		return nil
	}
	return err
}

// settle reads what is said of this device, and brings what lies on the card to where it belongs.
func (m *machine) settle() (err error) {
	if m.board, err = check(m.name, device.There(m.folder, card.Config)); err != nil {
		return fmt.Errorf("%w: %w", errUnread, err)
	}
	m.say(fmt.Sprintf("Loaded   configuration: device %s", m.board.Device))
	is := look.Machine("/proc/device-tree/compatible")
	if !slices.ContainsFunc(m.board.Compatible, func(name string) bool { return slices.Contains(is, name) }) {
		m.say(fmt.Sprintf("Failed   board: this machine is %q, and the image is for %q; its lines may be others", is, m.board.Compatible))
	}
	if m.noStore {
		return nil // what is on the card stays there
	}
	if err := os.MkdirAll(card.OwnDir, 0o755); err != nil {
		m.say("Failed   " + err.Error())
	}
	copied, err := device.Certificates(m.folder, filepath.Join(card.OwnDir, "courier"))
	for _, name := range copied {
		m.say("Loaded   " + name)
	}
	if err != nil {
		m.say("Failed   certificates: " + err.Error())
	}
	return m.keys()
}

// takeKeys is how long the warden may take to take keys over.
const takeKeys = time.Minute

// keys has the warden take the keys of the card, and wipes them there once it has.
func (m *machine) keys() error {
	path := device.There(m.folder, card.Keys)
	if path == "" {
		return nil
	}
	_, err := m.keeper.Start(programs.Program{Name: "warden", Path: warden(), Args: append(common(m.name), "-keys", path)})
	if err != nil {
		return err
	}
	end, err := m.await(takeKeys)
	switch {
	case err != nil:
		return err
	case end.Code == enrol.Unusable:
		return fmt.Errorf("%w: %s on the card is damaged, and this device has no keys; write the card anew", errUnread, card.Keys)
	case end.Code != 0:
		m.say(fmt.Sprintf("Failed   keys: %v; they stay on the card until the next start", end))
		return nil
	}
	if err := mounts.Writable(card.CardDir, func() error { return device.Wipe(path) }); err != nil {
		m.say("Failed   keys: they are taken, but still on the card: " + err.Error())
		return nil
	}
	m.say("Loaded   keys: taken from the card and wiped there")
	return nil
}

// await waits for the one program that runs.
func (m *machine) await(most time.Duration) (programs.End, error) {
	late := time.After(most)
	for {
		select {
		case <-m.child:
			if ends := m.keeper.Reap(); len(ends) > 0 {
				return ends[0], nil
			}
		case <-late:
			m.keeper.Signal(syscall.SIGKILL)
			late = nil
		}
	}
}

// warden is the path of this program.
func warden() string {
	path := filepath.Join(card.Programs, "warden")
	if _, err := os.Stat(path); err != nil {
		return "/init"
	}
	return path
}

// stuck tries whether the data file system still takes writes. After an error it takes none, and newer kernels do
// not show that otherwise. A full one is not stuck.
func stuck() error {
	const path = card.DataDir + "/probe"
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err == nil {
		_, err = f.Write([]byte{'\n'})
		if err == nil {
			err = f.Sync()
		}
		f.Close()
		_ = os.Remove(path)
	}
	if errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.EDQUOT) {
		return nil
	}
	return err
}

// reopen takes the data file system off and opens it anew, which repairs what can be. Nothing may run.
func (m *machine) reopen() error {
	if err := mounts.Off(card.DataDir); err != nil {
		m.say("Failed   " + err.Error())
		m.end(Reboot)
	}
	return m.openData()
}
