#!/usr/bin/python3
"""A client of another language, made from the plain .proto files by stock tools.

    stock_client_test.py STRATAD PROTO_FOLDER

Nothing of Strata's own code is used but the broker itself.
"""

import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import grpc

STRATAD, PROTO_FOLDER = sys.argv[1:3]
PATIENCE_S = 60
PROTOS = ("types", "data", "groups", "admin")
# As their own projects publish them; Debian's packages hold no Python code of them.
HEALTH_PROTO = """
syntax = "proto3";
package grpc.health.v1;
message HealthCheckRequest { string service = 1; }
message HealthCheckResponse { int32 status = 1; }
service Health { rpc Check(HealthCheckRequest) returns (HealthCheckResponse); }
"""
REFLECTION_PROTO = """
syntax = "proto3";
package grpc.reflection.v1alpha;
message ServerReflectionRequest { string host = 1; string list_services = 7; }
message ServiceResponse { string name = 1; }
message ListServiceResponse { repeated ServiceResponse service = 1; }
message ServerReflectionResponse { ListServiceResponse list_services_response = 6; }
service ServerReflection {
  rpc ServerReflectionInfo(stream ServerReflectionRequest)
      returns (stream ServerReflectionResponse);
}
"""


def generate(folder):
    """Writes the .proto files of others to `folder`, and generates the Python code of all."""
    for name, content in (("health", HEALTH_PROTO), ("reflection", REFLECTION_PROTO)):
        with open(os.path.join(folder, f"{name}.proto"), "w", encoding="utf-8") as file:
            file.write(content)
    subprocess.run(
        ["protoc", f"--proto_path={PROTO_FOLDER}", f"--proto_path={folder}",
         f"--python_out={folder}", f"--grpc_python_out={folder}",
         f"--plugin=protoc-gen-grpc_python={shutil.which('grpc_python_plugin')}",
         "health.proto", "reflection.proto", "google/rpc/error_details.proto"]
        + [f"strata/v1/{name}.proto" for name in PROTOS], check=True)


def start_broker(folder):
    """A broker on a free port: the process and its address."""
    port_file = os.path.join(folder, "port")
    with open(os.path.join(folder, "log"), "wb") as log:
        broker = subprocess.Popen(
            [STRATAD, "--data-dir", os.path.join(folder, "data"), "--listen", "127.0.0.1:0",
             "--http-listen", "off", "--port-file", port_file], stderr=log)
    deadline = time.monotonic() + PATIENCE_S
    while not os.path.exists(port_file):
        try:
            broker.wait(0.01)
            raise RuntimeError(f"stratad has ended with {broker.returncode}")
        except subprocess.TimeoutExpired:
            if time.monotonic() > deadline:
                raise
    with open(port_file, encoding="utf-8") as file:
        return broker, file.readline().strip()


class Requests:
    """What a member says, as the iterator that gRPC wants."""

    def __init__(self):
        self._more = queue.SimpleQueue()

    def send(self, **request):
        self._more.put(groups_pb2.ConsumeRequest(**request))

    def close(self):
        self._more.put(None)

    def __iter__(self):
        return iter(self._more.get, None)


class StockClient(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.broker, cls.address = start_broker(cls.folder)
        cls.channel = grpc.insecure_channel(cls.address)
        cls.admin = admin_pb2_grpc.AdminStub(cls.channel)
        cls.data = data_pb2_grpc.DataStub(cls.channel)
        cls.groups = groups_pb2_grpc.GroupsStub(cls.channel)

    @classmethod
    def tearDownClass(cls):
        cls.channel.close()
        cls.broker.send_signal(signal.SIGTERM)
        assert cls.broker.wait(PATIENCE_S) == 0, "the broker did not stop in good order"

    def append(self, topic, *records, **more):
        return self.data.Append(data_pb2.AppendRequest(
            topic=topic, records=[types_pb2.Record(**record) for record in records], **more))

    def test_creates_appends_and_reads(self):
        created = self.admin.CreateTopic(
            admin_pb2.CreateTopicRequest(name="orders", partition_count=3))
        self.assertEqual(created.topic.partition_count, 3)
        answer = self.append(
            "orders",
            {"key": b"k", "value": b"one", "timestamp_ms": 1234,
             "headers": [types_pb2.Header(name="h", value=b"x"), types_pb2.Header(name="n")]},
            {"key": b"k", "value": b""},
            {"key": b"k"})
        self.assertEqual(answer.durability, types_pb2.DURABILITY_FSYNC)
        self.assertEqual([place.offset for place in answer.places], [0, 1, 2])
        self.assertEqual({place.partition for place in answer.places}, {answer.partition})

        read = self.data.Read(data_pb2.ReadRequest(topic="orders", partition=answer.partition))
        self.assertEqual([record.offset for record in read.records], [0, 1, 2])
        self.assertEqual([record.value for record in read.records], [b"one", b"", b""])
        self.assertEqual([record.HasField("value") for record in read.records],
                         [True, True, False])
        first = read.records[0]
        self.assertEqual((first.key, first.timestamp_ms), (b"k", 1234))
        self.assertEqual([(header.name, header.HasField("value")) for header in first.headers],
                         [("h", True), ("n", False)])
        self.assertEqual(read.next_offset, 3)

    def test_reads_a_stream_to_its_end(self):
        self.admin.CreateTopic(admin_pb2.CreateTopicRequest(name="stream"))
        for value in (b"a", b"b", b"c"):
            self.append("stream", {"value": value})
        responses = self.data.ReadStream(
            data_pb2.ReadRequest(topic="stream", stop_at_end=True), timeout=PATIENCE_S)
        self.assertEqual([record.value for response in responses for record in response.records],
                         [b"a", b"b", b"c"])

    def test_appends_on_a_stream(self):
        self.admin.CreateTopic(admin_pb2.CreateTopicRequest(name="pipelined"))
        requests = [data_pb2.AppendRequest(topic="pipelined", correlation_id=i, partition=0,
                                           records=[types_pb2.Record(value=b"x")])
                    for i in range(100)]
        answers = list(self.data.AppendStream(iter(requests), timeout=PATIENCE_S))
        self.assertEqual([(answer.correlation_id, answer.base_offset) for answer in answers],
                         [(i, i) for i in range(100)])

    def test_sends_records_again_that_are_stored_once(self):
        self.admin.CreateTopic(admin_pb2.CreateTopicRequest(name="once", partition_count=2))
        identity = self.data.InitProducer(data_pb2.InitProducerRequest(name="till-7"))
        for sequence, duplicate, offset in ((0, False, 0), (0, True, 0), (2, False, 2)):
            answer = self.append(
                "once", {"value": b"a"}, {"value": b"b"}, partition=1,
                producer=data_pb2.ProducerSequence(producer_id=identity.producer_id,
                                                   epoch=identity.epoch, sequence=sequence))
            self.assertEqual((answer.duplicate, answer.base_offset), (duplicate, offset))
        heir = self.data.InitProducer(data_pb2.InitProducerRequest(name="till-7"))
        self.assertEqual((heir.producer_id, heir.epoch),
                         (identity.producer_id, identity.epoch + 1))
        with self.assertRaises(grpc.RpcError) as raised:
            self.append("once", {"value": b"c"}, partition=0,
                        producer=data_pb2.ProducerSequence(producer_id=identity.producer_id,
                                                           epoch=identity.epoch, sequence=0))
        self.assertEqual(raised.exception.code(), grpc.StatusCode.FAILED_PRECONDITION)

    def test_consumes_in_a_group_with_credit_and_commits(self):
        self.admin.CreateTopic(admin_pb2.CreateTopicRequest(name="billing"))
        self.append("billing", *({"value": b"%d" % i} for i in range(10)))
        requests = Requests()
        answers = self.groups.Consume(iter(requests), timeout=PATIENCE_S)
        requests.send(join=groups_pb2.Join(group="g", topics=["billing"], client_id="stock"))
        self.assertNotEqual(next(answers).joined.member_id, "")
        assigned = next(answers).assigned.partitions[0]
        self.assertEqual((assigned.current, assigned.committed), (0, -1))

        requests.send(credit=groups_pb2.Credit(records=6, bytes=1 << 20))
        values = []
        while len(values) < 6:
            values += [record.value for record in next(answers).records.records]
        self.assertEqual(values, [b"0", b"1", b"2", b"3", b"4", b"5"])

        requests.send(commit=groups_pb2.Commit(correlation_id=7, offsets=[groups_pb2.OffsetCommit(
            topic="billing", partition=0, offset=4, generation=assigned.generation,
            metadata="note")]))
        committed = next(answers).committed
        self.assertEqual((committed.correlation_id, len(committed.failures)), (7, 0))

        cursors = self.groups.DescribeGroup(groups_pb2.DescribeGroupRequest(group="g"))
        self.assertEqual([member.client_id for member in cursors.members], ["stock"])
        cursor = cursors.partitions[0]
        self.assertEqual((cursor.current, cursor.committed, cursor.log_end), (6, 4, 10))
        self.assertEqual((cursor.lag_records, cursor.in_flight), (6, 2))
        self.assertEqual(cursor.metadata, "note")

        requests.close()
        self.assertEqual(list(answers), [])
        cursors = self.groups.DescribeGroup(groups_pb2.DescribeGroupRequest(group="g"))
        self.assertEqual(len(cursors.members), 0)
        self.assertEqual(cursors.partitions[0].committed, 4)

    def test_gets_the_reason_of_an_error(self):
        with self.assertRaises(grpc.RpcError) as raised:
            self.append("no-such-topic", {"value": b"x"})
        self.assertEqual(raised.exception.code(), grpc.StatusCode.NOT_FOUND)
        self.assertIn("no-such-topic", raised.exception.details())
        trailers = dict(raised.exception.trailing_metadata())
        status = error_details_pb2.Status.FromString(trailers["grpc-status-details-bin"])
        info = error_details_pb2.ErrorInfo()
        self.assertTrue(status.details[0].Unpack(info))
        self.assertEqual((info.reason, info.domain), ("UNKNOWN_TOPIC", "strata"))

    def test_asks_for_health(self):
        answer = health_pb2_grpc.HealthStub(self.channel).Check(health_pb2.HealthCheckRequest())
        self.assertEqual(answer.status, 1)

    def test_lists_the_services_by_reflection(self):
        stub = reflection_pb2_grpc.ServerReflectionStub(self.channel)
        request = reflection_pb2.ServerReflectionRequest(list_services="*")
        answer = next(stub.ServerReflectionInfo(iter([request]), timeout=PATIENCE_S))
        names = {service.name for service in answer.list_services_response.service}
        self.assertLessEqual({"strata.v1.Data", "strata.v1.Groups", "strata.v1.Admin",
                              "grpc.health.v1.Health"}, names)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        StockClient.folder = temporary
        generate(temporary)
        sys.path.insert(0, temporary)
        import health_pb2
        import health_pb2_grpc
        import reflection_pb2
        import reflection_pb2_grpc
        from google.rpc import error_details_pb2
        from strata.v1 import (admin_pb2, admin_pb2_grpc, data_pb2, data_pb2_grpc, groups_pb2,
                               groups_pb2_grpc, types_pb2)
        unittest.main(argv=sys.argv[:1])
