#include "tests/fault/history/event_text.h"

#include <sstream>

namespace strata::testing {

namespace {

// A line is a letter, the fields with a blank before each, and a full stop.
class Writer {
 public:
  explicit Writer(char kind) { line_ << kind; }

  template <class... Fields>
  std::string Line(const Fields&... fields) {
    (Add(fields), ...);
    line_ << " .";
    return line_.str();
  }

 private:
  template <class Field>
  void Add(const Field& field) {
    line_ << ' ' << field;
  }
  void Add(const Outcome& outcome) { Add(static_cast<int>(outcome)); }
  void Add(const std::vector<PayloadId>& payloads) {
    Add(payloads.size());
    for (const PayloadId payload : payloads) Add(payload);
  }
  void Add(const std::vector<SeenRecord>& records) {
    Add(records.size());
    for (const SeenRecord& record : records) {
      Add(record.offset);
      Add(record.payload);
    }
  }

  std::ostringstream line_;
};

std::string Encode(const AppendInvoked& event) {
  if (!event.stamp) return Writer('A').Line(event.call, event.partition, event.payloads);
  return Writer('S').Line(event.call, event.partition, event.payloads, event.stamp->producer,
                          event.stamp->epoch, event.stamp->sequence);
}
std::string Encode(const AppendReturned& event) {
  return Writer('a').Line(event.call, event.outcome, event.base_offset, event.durable,
                          event.stopped, event.out_of_order);
}
std::string Encode(const Fenced& event) {
  return Writer('F').Line(event.producer, event.epoch);
}
std::string Encode(const ReadReturned& event) {
  return Writer('r').Line(event.partition, event.records, event.unstable_from.value_or(kNoOffset),
                          event.from.value_or(kNoOffset), event.next.value_or(kNoOffset));
}
std::string Encode(const ReadFailed& event) {
  return Writer('f').Line(event.partition, event.from, event.error, event.explained);
}
std::string Encode(const TrimInvoked& event) {
  return Writer('T').Line(event.partition, event.log_start);
}
std::string Encode(const LogStartSeen& event) {
  return Writer('L').Line(event.partition, event.log_start);
}
std::string Encode(const CleanupAllowed& event) {
  return Writer('K').Line(event.partition, event.compaction, event.tombstones_expire,
                          event.least_kept);
}
std::string Encode(const CommitInvoked& event) {
  return Writer('C').Line(event.call, event.group, event.partition, event.offset,
                          event.forward_only);
}
std::string Encode(const CommitReturned& event) {
  return Writer('c').Line(event.call, event.outcome, event.stopped);
}
std::string Encode(const PutInvoked& event) {
  return Writer('P').Line(event.call, event.key, event.value);
}
std::string Encode(const PutReturned& event) {
  return Writer('p').Line(event.call, event.outcome);
}
template <class Event>
std::string Encode(const Event&) {
  return {};
}

std::istream& operator>>(std::istream& in, Outcome& outcome) {
  int number = 0;
  in >> number;
  outcome = static_cast<Outcome>(number);
  return in;
}
std::istream& operator>>(std::istream& in, std::vector<PayloadId>& payloads) {
  std::size_t count = 0;
  for (in >> count; in && count > 0; --count) in >> payloads.emplace_back();
  return in;
}
std::istream& operator>>(std::istream& in, std::vector<SeenRecord>& records) {
  std::size_t count = 0;
  for (in >> count; in && count > 0; --count) {
    SeenRecord& record = records.emplace_back();
    in >> record.offset >> record.payload;
  }
  return in;
}

bool TakeEnd(std::istream& in) {
  std::string end;
  in >> end;
  return in && end == ".";
}

template <class Event, class... Fields>
std::optional<EventBody> Take(std::istream& in, Fields Event::*... fields) {
  Event event;
  ((in >> event.*fields), ...);
  if (!TakeEnd(in)) return std::nullopt;
  return event;
}

std::optional<EventBody> TakeStampedAppend(std::istream& in) {
  AppendInvoked event;
  ProducerStamp stamp;
  in >> event.call >> event.partition >> event.payloads;
  in >> stamp.producer >> stamp.epoch >> stamp.sequence;
  if (!TakeEnd(in)) return std::nullopt;
  event.stamp = stamp;
  return event;
}

std::optional<EventBody> TakeRead(std::istream& in) {
  ReadReturned event;
  Offset unstable_from = kNoOffset;
  Offset from = kNoOffset;
  Offset next = kNoOffset;
  in >> event.partition >> event.records >> unstable_from >> from >> next;
  if (!TakeEnd(in)) return std::nullopt;
  if (unstable_from != kNoOffset) event.unstable_from = unstable_from;
  if (from != kNoOffset) event.from = from;
  if (next != kNoOffset) event.next = next;
  return event;
}

}  // namespace

std::string EncodeEvent(const EventBody& body) {
  return std::visit([](const auto& event) { return Encode(event); }, body);
}

std::optional<EventBody> DecodeEvent(const std::string& line) {
  std::istringstream in(line);
  char kind = 0;
  in >> kind;
  switch (kind) {
    case 'A':
      return Take(in, &AppendInvoked::call, &AppendInvoked::partition, &AppendInvoked::payloads);
    case 'a':
      return Take(in, &AppendReturned::call, &AppendReturned::outcome, &AppendReturned::base_offset,
                  &AppendReturned::durable, &AppendReturned::stopped,
                  &AppendReturned::out_of_order);
    case 'S':
      return TakeStampedAppend(in);
    case 'F':
      return Take(in, &Fenced::producer, &Fenced::epoch);
    case 'r':
      return TakeRead(in);
    case 'f':
      return Take(in, &ReadFailed::partition, &ReadFailed::from, &ReadFailed::error,
                  &ReadFailed::explained);
    case 'T':
      return Take(in, &TrimInvoked::partition, &TrimInvoked::log_start);
    case 'L':
      return Take(in, &LogStartSeen::partition, &LogStartSeen::log_start);
    case 'K':
      return Take(in, &CleanupAllowed::partition, &CleanupAllowed::compaction,
                  &CleanupAllowed::tombstones_expire, &CleanupAllowed::least_kept);
    case 'C':
      return Take(in, &CommitInvoked::call, &CommitInvoked::group, &CommitInvoked::partition,
                  &CommitInvoked::offset, &CommitInvoked::forward_only);
    case 'c':
      return Take(in, &CommitReturned::call, &CommitReturned::outcome, &CommitReturned::stopped);
    case 'P':
      return Take(in, &PutInvoked::call, &PutInvoked::key, &PutInvoked::value);
    case 'p':
      return Take(in, &PutReturned::call, &PutReturned::outcome);
    default:
      return std::nullopt;
  }
}

}  // namespace strata::testing
