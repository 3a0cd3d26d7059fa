package foreground

import (
	"testing"
	"time"
)

// What stands unchanged and belongs to nobody is absorbed after Still, whatever the frame rate.
func TestStillIsTime(t *testing.T) {
	for _, rate := range []int{8, 15, 25, 30, 60, 120} {
		s := Defaults()
		m := &watcher{cells: newWatcher().cells}
		m.Set(w, h, time.Second/time.Duration(rate), s)
		m.empty(0)
		for range 2 * rate {
			m.step()
		}
		m.put(20, 10, 27, 17, clothes)
		gone := 0
		for i := 1; i <= 3*rate*int(s.Still/time.Second)/2; i++ {
			if n, _ := m.step(); n == 0 {
				gone = i
				break
			}
		}
		least, most := rate*int(s.Still/time.Second)*9/10, rate*int(s.Still/time.Second)*12/10
		if gone < least || gone > most {
			t.Errorf("%d frames/s: gone after %d cycles, want %d to %d", rate, gone, least, most)
		}
	}
}
