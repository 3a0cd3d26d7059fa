package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"tellijn/hal/camera"
	"tellijn/hal/camera/v4l2"
)

// holder is the process that keeps a frame.
type holder struct{ cmd *exec.Cmd }

// hold does what the eye never does: it copies one frame into memory of its own, and keeps it until
// the process is killed.
func hold(path string) {
	if err := keep(path); err != nil {
		fmt.Println("failed:", err)
		os.Exit(1)
	}
	fmt.Println("kept")
	for {
		time.Sleep(time.Hour)
	}
}

func keep(path string) error {
	s, err := v4l2.Open(path, v4l2.Options{Width: 320, Height: 240, Accept: []camera.PixelFormat{camera.YUYV},
		Settle: -1, Timeout: 20 * time.Second})
	if err != nil {
		return err
	}
	defer s.Close()
	var f camera.Frame
	for {
		if err := s.Borrow(&f); err != nil {
			return err
		}
		sound := !f.Damaged
		if sound {
			b, err := unix.Mmap(-1, 0, len(f.Data), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
			if err != nil {
				return err
			}
			for i := range b { // not copy, which would leave pixels in registers as well
				b[i] = f.Data[i]
			}
		}
		if _, err := s.Return(&f); err != nil || sound {
			return err
		}
	}
}

// take starts the holder and waits until it has its frame.
func (g *guest) take() error {
	if g.holder != nil {
		return fmt.Errorf("a frame is held already")
	}
	cmd := exec.Command("/init", g.camera)
	cmd.Stderr = os.Stdout
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if line != "kept\n" {
		cmd.Process.Kill()
		cmd.Wait()
		return fmt.Errorf("the holder said %q, %v", line, err)
	}
	g.holder = &holder{cmd}
	return released(g.camera)
}

// drop kills the holder, which must have lived until then, and waits until it is gone.
func (g *guest) drop() error {
	if g.holder == nil {
		return fmt.Errorf("no frame is held")
	}
	cmd := g.holder.cmd
	g.holder = nil
	if err := cmd.Process.Kill(); err != nil {
		return err
	}
	cmd.Wait()
	if ws, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || ws.Signal() != syscall.SIGKILL {
		return fmt.Errorf("the holder had ended before: %v", cmd.ProcessState)
	}
	return nil
}
