package panel

import (
	"os"
	"time"

	"tellijn/firmware/warden/signs"
	"tellijn/hal/lamp"
)

// look is how often the lamp is set by itself: more often than the shortest flash.
const look = 50 * time.Millisecond

// Alone shows one sign on a lamp until somebody asks it to end, and then leaves the lamp dark. since is the time
// since it began.
func Alone(l lamp.Lamp, sign signs.Sign, since func() time.Duration, asked <-chan os.Signal) error {
	ticker := time.NewTicker(look)
	defer ticker.Stop()
	for {
		if err := l.Set(sign.Lit(since())); err != nil {
			return err
		}
		select {
		case <-asked:
			return l.Set(false)
		case <-ticker.C:
		}
	}
}
