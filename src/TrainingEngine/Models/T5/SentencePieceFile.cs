using Google.Protobuf;

namespace Labeler.TrainingEngine.Models.T5;

/// <summary>
/// A SentencePiece model file, a protobuf message. Microsoft.ML.Tokenizers fails over models without a begin token, as T5's
/// are; this one gets one, behind all pieces, that no text becomes.
/// </summary>
internal sealed class SentencePieceFile
{
    // Fields of sentencepiece_model.proto: ModelProto.pieces and trainer_spec, SentencePiece.piece and type, TrainerSpec.bos_id.
    private const int PiecesField = 1, TrainerField = 2, PieceField = 1, TypeField = 3, BeginField = 41, Control = 3;
    private readonly byte[] _content;
    private readonly bool _begins;

    private SentencePieceFile(byte[] content, int pieces, bool begins) => (_content, Pieces, _begins) = (content, pieces, begins);

    /// <summary>Number of pieces.</summary>
    public int Pieces { get; }

    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="InvalidProtocolBufferException">It is no such message.</exception>
    public static SentencePieceFile Read(string path)
    {
        var content = File.ReadAllBytes(path);
        var (pieces, begins) = (0, false);
        using var input = new CodedInputStream(content);
        while (input.ReadTag() is var tag and not 0)
        {
            switch (WireFormat.GetTagFieldNumber(tag))
            {
                case PiecesField:
                    input.ReadBytes();
                    pieces++;
                    break;
                case TrainerField:
                    begins = Begins(input.ReadBytes());
                    break;
                default:
                    input.SkipLastField();
                    break;
            }
        }

        return pieces > 0 ? new(content, pieces, begins) : throw new InvalidDataException("it holds no pieces");
    }

    /// <summary>The message as the library can take it. Messages that follow each other are merged, so what lacks is appended.</summary>
    public byte[] ForLibrary()
    {
        if (_begins)
        {
            return _content;
        }

        using var result = new MemoryStream();
        result.Write(_content);
        using (var output = new CodedOutputStream(result, leaveOpen: true))
        {
            Write(output, PiecesField, piece =>
            {
                piece.WriteTag(PieceField, WireFormat.WireType.LengthDelimited);
                piece.WriteString("<s>");
                piece.WriteTag(TypeField, WireFormat.WireType.Varint);
                piece.WriteInt32(Control);
            });
            Write(output, TrainerField, trainer =>
            {
                trainer.WriteTag(BeginField, WireFormat.WireType.Varint);
                trainer.WriteInt32(Pieces);
            });
        }

        return result.ToArray();
    }

    private static void Write(CodedOutputStream output, int field, Action<CodedOutputStream> content)
    {
        using var message = new MemoryStream();
        using (var inner = new CodedOutputStream(message, leaveOpen: true))
        {
            content(inner);
        }

        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(message.ToArray()));
    }

    /// <summary>The begin token's id is 1 where nothing is said, and −1 for none.</summary>
    private static bool Begins(ByteString trainer)
    {
        var begin = 1;
        var input = trainer.CreateCodedInput();
        while (input.ReadTag() is var tag and not 0)
        {
            if (WireFormat.GetTagFieldNumber(tag) == BeginField)
            {
                begin = input.ReadInt32();
            }
            else
            {
                input.SkipLastField();
            }
        }

        return begin >= 0;
    }
}
