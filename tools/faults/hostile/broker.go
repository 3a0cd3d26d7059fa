package hostile

import (
	"context"
	"time"

	"github.com/eclipse/paho.golang/paho"

	"tellijn/privacy/batch"
	"tellijn/tools/faults/hostile/made"
)

// Watch remembers what passes through a broker between a device and its collector, until ctx ends: whoever
// runs a broker sees that.
func (p *Post) Watch(ctx context.Context, past *Past) {
	type sent struct{ number, body string }
	said := make(chan sent, 16)
	answers := make(chan sent, 16)
	hear := func(topic string, to chan sent) {
		for ctx.Err() == nil {
			start, cancel := context.WithTimeout(ctx, 10*time.Second)
			c, err := p.Join(start, topic, func(m *paho.Publish) {
				if m.Properties != nil {
					select {
					case to <- sent{string(m.Properties.CorrelationData), string(m.Payload)}:
					default:
					}
				}
			})
			if err == nil {
				select {
				case <-c.Done():
				case <-ctx.Done():
					_ = c.Disconnect(&paho.Disconnect{})
				}
			}
			cancel()
			select {
			case <-ctx.Done():
			case <-time.After(300 * time.Millisecond):
			}
		}
	}
	go hear(batch.Up(past.Device), said)
	go hear(batch.Down(past.Device), answers)
	bodies := map[string]string{}
	for {
		select {
		case <-ctx.Done():
			return
		case s := <-said:
			if len(bodies) > kept {
				clear(bodies)
			}
			bodies[s.number] = s.body
		case a := <-answers:
			if body, ok := bodies[a.number]; ok {
				past.Note([]byte(body), []byte(a.body))
			}
		}
	}
}

// Answer makes up an answer to the next batch that a device sends through the broker, and gives it at
// once: Forged, OldAnswer, BentAnswer or Letters.
func (p *Post) Answer(t Trick, past *Past, choose uint32, patience time.Duration) (met string, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	came := make(chan *paho.Publish, 4)
	c, err := p.Join(ctx, batch.Up(past.Device), func(m *paho.Publish) {
		select {
		case came <- m:
		default:
		}
	})
	if err != nil {
		return "", err
	}
	defer c.Disconnect(&paho.Disconnect{})
	for {
		select {
		case <-ctx.Done():
			return "", ErrQuiet
		case <-c.Done():
			return "", ErrAway
		case m := <-came:
			b, err := batch.Decode(m.Payload)
			if err != nil || m.Properties == nil || string(m.Properties.CorrelationData) != string(b.Number[:]) {
				continue // of another stranger
			}
			answer := made.Answer(&b)
			met = "a receipt of another key was given"
			if _, old := past.Some(choose); old != nil && t != Forged {
				answer, met = old, "an old answer was given"
				if t != OldAnswer {
					answer, met = (&played{trick: t, choose: choose}).alter(&b, old)
				}
			} else if t != Forged {
				return "", ErrQuiet
			}
			if _, err := c.Publish(ctx, &paho.Publish{Topic: batch.Down(past.Device), QoS: 1, Payload: answer,
				Properties: &paho.PublishProperties{CorrelationData: m.Properties.CorrelationData}}); err != nil {
				return "", ErrAway
			}
			return met, nil
		}
	}
}
