package camera

import (
	"errors"
	"fmt"
	"regexp"
	"slices"

	"tellijn/tools/rig/bench"
)

// forced is what the warden says of an eye that somebody ended, such as one that held a frame for too long because this
// computer had other things to do. What it had counted since its last tally is lost, as it should be.
const forced = `camera: the eye (was ended|ended: signal)|the eye does not end`

// counted gives what the device answers for, and the same frames counted once more.
func counted(s *bench.Scene) (booked, replayed []bench.Counts, saw string, err error) {
	replayed, err = s.Rig.Camera().Replayed()
	if err != nil {
		return nil, nil, "", err
	}
	s.Keep[bench.KeepReplayed] = replayed
	if all, err := s.Rig.Camera().Truth(); err == nil {
		s.Keep[bench.KeepTruth] = all
	}
	booked, err = s.Rig.Card().Booked()
	if err != nil {
		return nil, nil, "", err
	}
	s.Keep[bench.KeepBooked] = booked
	saw = fmt.Sprintf("booked %v, replayed %v, on %d frames", booked, replayed, s.Rig.Camera().Played())
	if slices.Equal(booked, replayed) {
		return booked, replayed, saw, nil
	}
	err = fmt.Errorf("camera: booked %v, want %v as in replay", booked, replayed)
	if lines := s.Rig.Console().Lines(0); slices.ContainsFunc(lines, regexp.MustCompile(forced).MatchString) {
		err = fmt.Errorf("%w; an eye was ended by force, and what it had not yet told is lost: %w", err, bench.ErrCannot)
	}
	return nil, nil, saw, err
}

func sum(all []bench.Counts) (n int) {
	for _, c := range all {
		n += int(c.Forward) + int(c.Backward)
	}
	return n
}

// equal looks that counts are those of replay, and that there are some.
func equal(s *bench.Scene) (string, error) {
	_, replayed, saw, err := counted(s)
	if err == nil && sum(replayed) == 0 {
		err = errors.New("camera: nobody was counted, so that nothing is shown")
	}
	return saw, err
}

// nobody looks that counts are those of replay, and that there are none.
func nobody(s *bench.Scene) (string, error) {
	_, replayed, saw, err := counted(s)
	switch {
	case err == nil && s.Rig.Camera().Played() == 0:
		err = errors.New("camera: no frame was taken, so that nothing is shown")
	case err == nil && sum(replayed) > 0:
		err = fmt.Errorf("camera: %d crossings, want none", sum(replayed))
	}
	return saw, err
}

// truth holds replay against the people who were there.
func truth(s *bench.Scene, most int) (string, error) {
	replayed, err := s.Rig.Camera().Replayed()
	if err != nil {
		return "", err
	}
	there, err := s.Rig.Camera().Truth()
	if err != nil {
		return "", err
	}
	s.Keep[bench.KeepReplayed], s.Keep[bench.KeepTruth] = replayed, there
	saw := fmt.Sprintf("replayed %v, truth %v", replayed, there)
	if len(replayed) != len(there) || sum(there) == 0 {
		return saw, errors.New("camera: want counts of the same lines, and somebody who crosses")
	}
	for i, c := range replayed {
		if far(c.Forward, there[i].Forward) > most || far(c.Backward, there[i].Backward) > most {
			return saw, fmt.Errorf("camera: line %d is more than %d off", i+1, most)
		}
	}
	return saw, nil
}

func far(a, b uint32) int { return max(int(a)-int(b), int(b)-int(a)) }
