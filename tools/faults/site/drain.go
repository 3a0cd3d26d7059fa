package site

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"tellijn/firmware/dialer/line"
	"tellijn/firmware/queue"
)

// Queue opens the queue of a device on which nothing runs. The caller closes it.
func (d *Device) Queue() (*queue.Queue, error) {
	q, err := queue.Open(filepath.Join(d.Courier(), "queue.db"), queue.Options{})
	if err != nil {
		return nil, fmt.Errorf("site: %w", err)
	}
	if q.Aside != "" {
		q.Close()
		return nil, fmt.Errorf("site: the queue of %s was set aside as %s: %w", d.Name, q.Aside, q.Why)
	}
	return q, nil
}

func (d *Device) waiting() (uint64, error) {
	q, err := d.Queue()
	if err != nil {
		return 0, err
	}
	defer q.Close()
	st, err := q.Stats()
	return st.Waiting, err
}

// Drain has the real courier and dialer of a device, without a warden, deliver all that waits in the queue.
func (d *Device) Drain(receipts string) error {
	for end := time.Now().Add(Patience); time.Now().Before(end); {
		n, err := d.waiting()
		if err != nil || n == 0 {
			return err
		}
		if err := d.deliver(receipts); err != nil {
			return err
		}
	}
	return fmt.Errorf("%w: the queue of %s to be empty", ErrLate, d.Name)
}

// deliver runs courier and dialer for a moment.
func (d *Device) deliver(receipts string) error {
	kind := "https"
	if d.MQTT {
		kind = "mqtt"
	}
	x, y, err := line.Pair()
	if err != nil {
		return fmt.Errorf("site: %w", err)
	}
	near, far := os.NewFile(uintptr(x), "courier"), os.NewFile(uintptr(y), "dialer")
	defer near.Close()
	defer far.Close()
	hear, out, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("site: %w", err)
	}
	defer hear.Close()
	go func() { _, _ = io.Copy(io.Discard, hear) }()
	dialer := exec.Command(filepath.Join(d.site.Programs, "dialer"), "-address", d.Link.Address())
	dialer.ExtraFiles = []*os.File{far}
	courier := exec.Command(filepath.Join(d.site.Programs, "courier"), "-dir", d.Courier(), "-device", d.Name, "-kind", kind,
		"-address", d.Link.Address(), "-receipts", receipts, "-pace", "1s")
	courier.ExtraFiles = []*os.File{out, near}
	var said strings.Builder
	courier.Stderr = &said
	in, err := courier.StdinPipe()
	if err == nil {
		err = dialer.Start()
	}
	if err != nil {
		return fmt.Errorf("site: %w", err)
	}
	defer func() { _ = dialer.Process.Kill(); _ = dialer.Wait() }()
	err = courier.Start()
	out.Close()
	if err != nil {
		return fmt.Errorf("site: %w", err)
	}
	time.Sleep(1500 * time.Millisecond)
	in.Close() // it stores what it has, and ends
	if err := courier.Wait(); err != nil {
		return fmt.Errorf("site: the courier of %s: %w: %s", d.Name, err, said.String())
	}
	return nil
}
