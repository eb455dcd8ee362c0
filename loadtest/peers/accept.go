// A Go net/http handler that accepts an intent as the gateway does: token, JSON, one transaction that records it and queues its work, 202 once
// Redis, with appendfsync always, has answered. Standard library only; RESP by hand.
// usage: accept LISTEN REDIS TOKEN
package main

import (
	"bufio"
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"
)

type request struct {
	Intent   string            `json:"intent"`
	Priority string            `json:"priority"`
	Labels   map[string]string `json:"labels"`
	Approval string            `json:"approval"`
}

type redis struct {
	connection net.Conn
	reader     *bufio.Reader
	out        []byte
}

func (r *redis) command(parts ...string) {
	r.out = append(r.out, '*')
	r.out = strconv.AppendInt(r.out, int64(len(parts)), 10)
	r.out = append(r.out, "\r\n"...)
	for _, part := range parts {
		r.out = append(r.out, '$')
		r.out = strconv.AppendInt(r.out, int64(len(part)), 10)
		r.out = append(r.out, "\r\n"...)
		r.out = append(r.out, part...)
		r.out = append(r.out, "\r\n"...)
	}
}

// One reply; an error anywhere in it is returned.
func (r *redis) reply() error {
	line, err := r.reader.ReadSlice('\n')
	if err != nil {
		return err
	}
	switch line[0] {
	case '-':
		return fmt.Errorf("%s", line)
	case '$':
		count, err := strconv.Atoi(string(line[1 : len(line)-2]))
		if err != nil || count < 0 {
			return err
		}
		_, err = r.reader.Discard(count + 2)
		return err
	case '*':
		count, err := strconv.Atoi(string(line[1 : len(line)-2]))
		for i := 0; i < count && err == nil; i++ {
			err = r.reply()
		}
		return err
	}
	return nil
}

func uuid() string {
	var bytes [16]byte
	milliseconds := time.Now().UnixMilli()
	rand.Read(bytes[6:])
	for i := 0; i < 6; i++ {
		bytes[i] = byte(milliseconds >> (40 - 8*i))
	}
	bytes[6] = bytes[6]&0x0f | 0x70
	bytes[8] = bytes[8]&0x3f | 0x80
	text := hex.EncodeToString(bytes[:])
	return text[:8] + "-" + text[8:12] + "-" + text[12:16] + "-" + text[16:20] + "-" + text[20:]
}

func main() {
	listen, address, token := os.Args[1], os.Args[2], "Bearer "+os.Args[3]
	pool := make(chan *redis, 50)
	for i := 0; i < cap(pool); i++ {
		connection, err := net.Dial("tcp", address)
		if err != nil {
			panic(err)
		}
		pool <- &redis{connection: connection, reader: bufio.NewReader(connection)}
	}
	http.HandleFunc("/v1/intents", func(w http.ResponseWriter, req *http.Request) {
		if subtle.ConstantTimeCompare([]byte(req.Header.Get("Authorization")), []byte(token)) != 1 {
			http.Error(w, "no", http.StatusUnauthorized)
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, req.Body, 64<<10))
		var intent request
		if err != nil || json.Unmarshal(body, &intent) != nil || len(intent.Intent) == 0 || len(intent.Intent) > 4096 {
			http.Error(w, "bad", http.StatusBadRequest)
			return
		}
		id, now := uuid(), time.Now().UTC()
		tag := fmt.Sprintf("{p%02d}", id[len(id)-1]%16)
		entry, _ := json.Marshal(map[string]string{"phase": "received", "at": now.Format(time.RFC3339Nano), "by": "token"})
		stored, _ := json.Marshal(intent)
		milliseconds := strconv.FormatInt(now.UnixMilli(), 10)
		r := <-pool
		r.out = r.out[:0]
		r.command("MULTI")
		r.command("HSET", tag+":i:"+id, "schema", "2", "phase", "received", "created", milliseconds, "updated", milliseconds, "v", "1", "n", "1",
			"history", string(entry), "priority", intent.Priority, "tenant", "default", "request", string(stored))
		r.command("ZADD", tag+":phase:received", milliseconds, id)
		r.command("XADD", tag+":q:interpret:low", "*", "i", id, "t", "main", "v", "1", "a", "0", "c", "", "e", "0")
		r.command("XADD", tag+":events", "MAXLEN", "~", "20000", "*", "i", id, "n", "1", "h", string(entry))
		r.command("EXEC")
		_, err = r.connection.Write(r.out)
		for i := 0; i < 6 && err == nil; i++ {
			err = r.reply()
		}
		pool <- r
		if err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		answer, _ := json.Marshal(map[string]string{"id": id, "phase": "received", "createdAt": now.Format(time.RFC3339Nano)})
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Location", "/v1/intents/"+id)
		w.WriteHeader(http.StatusAccepted)
		w.Write(answer)
	})
	if err := http.ListenAndServe(listen, nil); err != nil {
		panic(err)
	}
}
