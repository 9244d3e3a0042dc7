package ingest

import (
	"sync"

	"halcyon/internal/venue"
)

// ahead runs LineBlocks in a goroutine of its own, at most ringSize blocks
// ahead of the parser, in buffers that go round.
type ahead struct {
	free chan []byte
	full chan filled
	quit chan struct{}
	once sync.Once
	done sync.WaitGroup
	last []byte // the buffer that the parser has
	err  error
}

type filled struct {
	buf   []byte // the whole buffer
	block []byte // what of it is text
	err   error
}

const ringSize = 3

func newAhead(src *venue.LineBlocks) *ahead {
	a := &ahead{free: make(chan []byte, ringSize), full: make(chan filled, ringSize), quit: make(chan struct{})}
	for range ringSize {
		a.free <- make([]byte, venue.BlockSize+1)
	}
	a.done.Go(func() {
		for {
			select {
			case <-a.quit:
				return
			case buf := <-a.free:
				block, err := src.Fill(buf)
				a.full <- filled{buf, block, err} // never blocks: there are as many places as buffers
				if err != nil {
					return
				}
			}
		}
	})
	return a
}

// next returns the next block, valid until the next call.
func (a *ahead) next() ([]byte, error) {
	if a.err != nil {
		return nil, a.err
	}
	if a.last != nil {
		a.free <- a.last
	}
	f := <-a.full
	a.last, a.err = f.buf, f.err
	return f.block, f.err
}

// stop ends the goroutine and waits for it; the source may be closed then.
func (a *ahead) stop() {
	a.once.Do(func() { close(a.quit) })
	a.done.Wait()
}
