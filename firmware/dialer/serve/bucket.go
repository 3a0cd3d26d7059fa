package serve

import "time"

// bucket bounds how often something happens: Burst at once, then one each Every.
type bucket struct {
	tokens int
	at     time.Duration // when the last one came in
}

// take takes one at a time of the clock and gives how long to wait for it, 0 for not at all.
func (b *bucket) take(now time.Duration) time.Duration {
	if n := (now - b.at) / Every; n > 0 {
		b.at += n * Every
		b.tokens = int(min(Burst, time.Duration(b.tokens)+n))
	}
	b.tokens--
	if b.tokens >= 0 {
		return 0
	}
	return b.at + time.Duration(-b.tokens)*Every - now
}
