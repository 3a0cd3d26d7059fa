package first

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"tellijn/boards/card"
	"tellijn/firmware/warden/first/look"
	"tellijn/firmware/warden/first/mounts"
	"tellijn/firmware/warden/first/programs"
	"tellijn/firmware/warden/signs"
)

// Spans of the work.
const (
	tick = time.Second
	// lookFirst is when it is said for the first time what the device takes; then after twice as long, and so on,
	// but every lookEvery at least.
	lookFirst = time.Minute
	lookEvery = 24 * time.Hour
	// probeEvery is how often it is tried whether the card still stores; also when a program has failed.
	probeEvery = time.Hour
	// reopenEvery bounds how often a card that takes no writes is tried anew.
	reopenEvery = 10 * time.Minute
)

// kept is a program that is to run always.
type kept struct {
	programs.Program
	back  programs.Backoff
	start time.Duration // when to start it, while it does not run
	runs  bool
}

// serve keeps the programs running until the machine is to end, and gives how.
func (m *machine) serve() (code int) {
	all := m.programs()
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	next, probe, reopened, failed := lookFirst, probeEvery, -reopenEvery, false
	for {
		now := time.Since(m.began)
		for _, p := range all {
			if !p.runs && now >= p.start {
				m.start(p, now)
			}
		}
		select {
		case s := <-m.asked:
			m.say(fmt.Sprintf("asked to end: %v", s))
			return wish(s)
		case <-m.child:
		case <-ticker.C:
		}
		now = time.Since(m.began)
		for _, e := range m.keeper.Reap() {
			if e.Code == PowerOff || e.Code == Reboot {
				return e.Code
			}
			for _, p := range all {
				if p.Name == e.Name {
					wait := p.back.Wait(e.Ran)
					p.runs, p.start, failed = false, now+wait, true
					m.say(fmt.Sprintf("Failed   %v; it is started again in %v", e, wait))
				}
			}
		}
		if failed || now >= probe {
			failed, probe = false, now+probeEvery
			if err := stuck(); err != nil && !m.noStore && now-reopened >= reopenEvery {
				reopened = now
				m.say(fmt.Sprintf("Failed   data: it takes no writes any more (%v); it is opened anew", err))
				m.stop(patience)
				if err := m.reopen(); errors.Is(err, unix.EBUSY) {
					return Reboot // somebody has it who is not known here
				} else if err != nil {
					return m.hold(err)
				}
				all = m.programs() // all begin anew
			}
		}
		if now >= next {
			next += min(next, lookEvery)
			m.look()
		}
	}
}

// programs are those that are there.
func (m *machine) programs() (all []*kept) {
	// Or the runtime would keep asking how many processors there are.
	env := []string{"GODEBUG=updatemaxprocs=0,containermaxprocs=0", "GOGC=25"}
	args := wardenArgs(m.name, m.folder)
	if m.noStore { // it counts nothing that it cannot keep
		args = signArgs(m.name, signs.Six)
	}
	for _, p := range []programs.Program{
		{Name: "scout", Path: filepath.Join(card.Programs, "scout"), Args: scoutArgs(&m.board, m.folder, m.s.Made), Env: env},
		{Name: "warden", Path: warden(), Args: args, Env: env},
	} {
		if _, err := os.Stat(p.Path); err != nil {
			m.say(fmt.Sprintf("Skipped  %s: it is not in this image", p.Name))
			continue
		}
		all = append(all, &kept{Program: p})
	}
	return all
}

func (m *machine) start(p *kept, now time.Duration) {
	if _, err := m.keeper.Start(p.Program); err != nil {
		wait := p.back.Wait(0)
		p.start = now + wait
		m.say(fmt.Sprintf("Failed   %v; it is tried again in %v", err, wait))
		return
	}
	p.runs = true
	m.say(fmt.Sprintf("Loaded   %s", p.Name))
}

// look says what the device takes and offers.
func (m *machine) look() {
	said := m.tell.Source("")
	line, sum := look.Memory(look.Programs("/proc"))
	said.Say(line)
	if budget := m.board.Memory << 10; budget > 0 && sum > budget {
		m.say(fmt.Sprintf("Failed   memory: %d KiB, and the board is to take at most %d", sum, budget))
	}
	said.Say(fmt.Sprintf("sockets: %d listening", look.Listening("/proc/1/net")))
	var st unix.Statfs_t
	if err := unix.Statfs(card.DataDir, &st); err == nil {
		size := int64(st.Bsize)
		said.Say(fmt.Sprintf("space: %d of %d KiB free", int64(st.Bavail)*size>>10, int64(st.Blocks)*size>>10))
	}
}

// Spans of the end.
const (
	// patience covers the last picture of the eye's camera, the courier's last records, and its tries on a full disk.
	patience = 35 * time.Second
	// flush is how long the card may take to store what waits.
	flush = 30 * time.Second
)

// stop ends every program: first in order, then at once.
func (m *machine) stop(most time.Duration) {
	m.keeper.Signal(syscall.SIGTERM)
	m.gone(most)
	_ = syscall.Kill(-1, syscall.SIGKILL) // everything but this process
	m.gone(2 * time.Second)
}

// gone waits until none of the programs runs.
func (m *machine) gone(most time.Duration) {
	late := time.After(most)
	for m.keeper.Reap(); m.keeper.Running() > 0; m.keeper.Reap() {
		select {
		case <-m.child:
		case <-late:
			return
		}
	}
}

// end ends the machine. It does not return.
func (m *machine) end(code int) {
	how, word := unix.LINUX_REBOOT_CMD_POWER_OFF, "off"
	if code == Reboot {
		how, word = unix.LINUX_REBOOT_CMD_RESTART, "off and on again"
	}
	m.say("switches " + word + ": programs end")
	m.stop(patience)
	done := make(chan struct{})
	go func() {
		defer close(done)
		unix.Sync()
		for _, dir := range []string{card.DataDir, card.CardDir} {
			if err := mounts.Off(dir); err != nil {
				m.say("Failed   " + err.Error())
			}
		}
	}()
	select {
	case <-done:
		m.say("switches " + word + ": everything is stored")
	case <-time.After(flush):
		m.say("switches " + word + ": the card did not store everything in time")
	}
	time.Sleep(100 * time.Millisecond) // for the console
	if err := unix.Reboot(how); err != nil {
		m.say("Failed   " + err.Error())
	}
	select {} // only the kernel can go on
}
