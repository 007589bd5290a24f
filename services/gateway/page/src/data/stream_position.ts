// Which messages of the stream this page has: up to where none is missing, and what waits until the missed ones have come.
import type { DataMessage } from "./types";

// The state of the stream when a read of missed messages starts.
export interface Mark {
  answered: number;
  seq: number;
}

export class StreamPosition {
  private completeSeq = 0; // all messages up to this `seq` were received, or their effects read by REST; 0: none yet
  private newestSeq = 0; // `seq` of the newest received message; messages before it may be missing
  private isComplete = false; // no messages are missing between the two
  private resuming: "no" | "requested" | "announced" = "no";
  private buffered: DataMessage[] = []; // messages that arrived before the answer to `resume`; they follow the resumed ones
  private sent = 0; // subscription requests sent, and the number of them that were answered
  private answered = 0;

  constructor(private readonly onMessage: (message: DataMessage) => void) {}

  // A connection has opened. Returns the `seq` to resume from; 0: there is nothing to resume.
  open(): number {
    this.isComplete = false;
    this.buffered = [];
    this.answered = this.sent;
    this.resuming = this.completeSeq ? "requested" : "no";
    return this.completeSeq;
  }

  // A subscription was requested. Messages of added selectors are missed until the gateway answers.
  request(isMore: boolean): void {
    this.sent += 1;
    if (isMore) this.isComplete = false;
  }

  // A subscription was answered. True: messages are missing, to be read by REST between mark() and closeGap().
  // Not before the last answer: a read that begins earlier closes no gap.
  answer(seq: number): boolean {
    this.answered = Math.min(this.sent, this.answered + 1);
    if (this.isComplete || this.resuming !== "no") return false;
    this.newestSeq = Math.max(this.newestSeq, seq);
    return this.answered === this.sent;
  }

  mark(): Mark {
    return { answered: this.answered, seq: this.newestSeq };
  }

  // The read since `mark` has replaced the missing messages, unless the subscription has changed or is changing.
  closeGap(mark: Mark): void {
    if (mark.answered !== this.sent || this.resuming !== "no") return;
    this.newestSeq = Math.max(this.newestSeq, mark.seq);
    this.setComplete();
  }

  take(data: readonly DataMessage[]): void {
    if (this.resuming === "requested") this.buffered.push(...data);
    else if (this.resuming === "announced" && data.length) this.resume(data);
    else for (const message of data) this.deliver(message);
  }

  // The missed messages are in the next frame.
  announce(): void {
    this.resuming = "announced";
  }

  resume(missed: readonly DataMessage[]): void {
    this.resuming = "no";
    for (const message of [...missed, ...this.buffered.splice(0)]) this.deliver(message);
    this.setComplete();
  }

  // Resuming is no longer possible: the state is read by REST.
  lose(seq: number): void {
    this.resuming = "no";
    this.completeSeq = 0;
    this.newestSeq = seq;
    for (const message of this.buffered.splice(0)) this.deliver(message);
  }

  private deliver(message: DataMessage): void {
    this.onMessage(message);
    this.newestSeq = Math.max(this.newestSeq, message.seq);
    if (this.isComplete) this.completeSeq = this.newestSeq;
  }

  private setComplete(): void {
    if (this.answered !== this.sent) return; // selectors were added meanwhile; their state is not read yet
    this.isComplete = true;
    this.completeSeq = Math.max(this.completeSeq, this.newestSeq);
  }
}
