package child

import "time"

// How long Keep waits before it starts a program again: at first, at most, and after how long a life it
// is as at first.
const (
	firstWait   = time.Second
	longestWait = time.Minute
	steady      = 2 * time.Minute
)

// Kept is what Keep tells. Child is nil and Err says why when a program could not be started.
type Kept struct {
	Child *Child
	Ended bool // otherwise it has just begun
	Err   error
}

// Keep keeps a program running, and tells each time that it began, ended, or could not be started. It
// returns when somebody asks the warden to end, or when the starter is gone; what runs by then runs on.
// The program's files are those of each start, so they stay open. tell is called from this goroutine.
func Keep(port *Port, p Program, tell func(Kept)) { keep(port, p, tell, time.Now, time.After) }

// keep is Keep with a clock.
func keep(port *Port, p Program, tell func(Kept), now func() time.Time, after func(time.Duration) <-chan time.Time) {
	for wait := firstWait; ; wait = min(2*wait, longestWait) {
		began := now()
		c, err := Start(port, p)
		if err != nil {
			tell(Kept{Err: err})
		} else {
			tell(Kept{Child: c})
			select {
			case <-c.Done():
				tell(Kept{Child: c, Ended: true})
			case <-port.Asked():
				return
			}
		}
		if now().Sub(began) >= steady {
			wait = firstWait
		}
		select {
		case <-after(wait):
		case <-port.Asked():
			return
		}
	}
}
