package watch

import (
	"fmt"

	"tellijn/firmware/warden/child"
)

// dialer says once why there are no connections. It is told from a goroutine of its own, which is done
// with it: a dialer has no words for the rest of the warden, and nobody waits for it.
func (w *Warden) dialer(k child.Kept) {
	switch {
	case k.Err != nil:
		w.s.Say(fmt.Sprintf("Failed   dialer: %v; it is started again", k.Err))
	case k.Ended:
		w.s.Say(fmt.Sprintf("Failed   dialer: it ended: %s; it is started again, and records wait", k.Child.How()))
	default:
		w.s.Say("Loaded   dialer: connections to " + w.s.Board.Upload.Address + " and nowhere else")
	}
}
